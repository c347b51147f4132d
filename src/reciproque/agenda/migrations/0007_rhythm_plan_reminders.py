from django.db import migrations

from reciproque.agenda.rules import next_reminder
from reciproque.kit import clock


def plan(apps, schema_editor):
    """Say when the clock reminds of what was already expected before it knew how to."""
    steps = apps.get_model("agenda", "Step").objects.filter(state="open", owner__isnull=False, reminders=0)
    now = clock.now()
    for step in steps.select_related("owner", "network").iterator(chunk_size=1000):
        moment = next_reminder(
            step.opened_at, step.due_at, step.owner.time_zone, step.network.country, now=now
        )
        if moment is not None:
            steps.filter(pk=step.pk).update(remind_at=moment)


def forget(apps, schema_editor):
    """Go back: the column goes with the migration before."""
    apps.get_model("agenda", "Step").objects.update(remind_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0006_rhythm_remind_at"),
        ("networks", "0003_pool_notes_scope"),
        ("people", "0001_initial"),
    ]

    operations = [migrations.RunPython(plan, forget)]
