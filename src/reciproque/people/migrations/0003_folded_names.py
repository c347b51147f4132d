"""Names as texts are compared to them, by one index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_used_link")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="folded",
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=210),
        ),
    ]
