"""A badge names its savoir as it was when it was signed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_learning_community"),
        ("recognition", "0002_badges_outlive"),
    ]

    operations = [
        migrations.AddField(
            model_name="badge",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.topic",
            ),
        ),
    ]
