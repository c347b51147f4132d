"""The names of everyone already there, as texts are compared to them."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from reciproque.people.rules import folded_name


def fold_names(apps: Any, schema_editor: Any) -> None:
    person = apps.get_model("people", "Person")
    rows = []
    for row in (
        person.objects.filter(folded="").only("pk", "first_name", "last_name", "folded").iterator(2000)
    ):
        row.folded = folded_name(f"{row.last_name} {row.first_name}")
        rows.append(row)
        if len(rows) == 2000:
            person.objects.bulk_update(rows, ["folded"], batch_size=400)
            rows = []
    person.objects.bulk_update(rows, ["folded"], batch_size=400)


class Migration(migrations.Migration):
    dependencies = [("people", "0003_folded_names")]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
