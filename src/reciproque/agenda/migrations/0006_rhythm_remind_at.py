from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0005_moderation_verbs"),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="remind_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["remind_at"], name="step_remind"
            ),
        ),
    ]
