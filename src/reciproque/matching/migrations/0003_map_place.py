import django.db.models.deletion
from django.db import migrations, models

import reciproque.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_learning_community"),
        ("matching", "0002_plans_loops_nudges"),
    ]

    operations = [
        migrations.CreateModel(
            name="MapPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("x", models.FloatField()),
                ("y", models.FloatField()),
                ("region", models.PositiveSmallIntegerField()),
                ("whole", models.BooleanField(default=False)),
                ("placed_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "topic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.topic"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("x__gte", 0), ("x__lte", 1), ("y__gte", 0), ("y__lte", 1)),
                        name="map_place_on_the_map",
                    )
                ],
            },
        ),
    ]
