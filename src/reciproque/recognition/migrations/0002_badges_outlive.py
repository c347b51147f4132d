"""A badge outlives the certification it came from: revoked, without a word, when its holder has everything erased."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recognition", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="badge",
            name="certification",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="badges",
                to="recognition.certification",
            ),
        ),
        migrations.AlterField(
            model_name="badge",
            name="credential",
            field=models.TextField(blank=True),
        ),
    ]
