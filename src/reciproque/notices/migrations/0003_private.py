from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q

PRIVATE_VERBS = ["moderate", "amend", "appeal"]


def mark_private(apps: Any, editor: Any) -> None:
    """Mark what was written about reports already, and the letters that held some of it."""
    rows = apps.get_model("notices", "Outgoing").objects.all()
    facts = apps.get_model("journal", "Fact").objects.filter(
        name="step.reminded", data__verb__in=PRIVATE_VERBS
    )
    moderation = Q(fact_name__startswith="report.") | Q(fact_name__startswith="decision.")
    moderation |= Q(fact_name__startswith="appeal.")
    rows.filter(moderation).update(private=True)
    rows.filter(fact_name="step.reminded", fact_id__in=facts.values("pk")).update(private=True)
    held = rows.filter(private=True, person=OuterRef("person"), grouped_at=OuterRef("at"))
    letters = rows.filter(Exists(held), fact_id=None).values_list("pk", flat=True)
    found = list(letters)
    for start in range(0, len(found), 500):
        rows.filter(pk__in=found[start : start + 500]).update(private=True)


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_initial"),
        ("notices", "0002_channels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name="outgoing", name="private", field=models.BooleanField(default=False)),
        migrations.RunPython(mark_private, migrations.RunPython.noop),
    ]
