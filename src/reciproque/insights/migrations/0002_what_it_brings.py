import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reciproque.kit.clock
import reciproque.kit.tokens


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0001_learning_community"),
        ("networks", "0004_suspended_until"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HazardCare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=reciproque.kit.tokens.new_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("hazard", models.CharField(max_length=12)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, max_length=1000)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HazardReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hazard", models.CharField(max_length=12)),
                ("month", models.DateField()),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("low", "faible"), ("medium", "moyen"), ("high", "fort")],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
            options={
                "ordering": ["-month", "hazard"],
            },
        ),
        migrations.CreateModel(
            name="HazardReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("low", "faible"), ("medium", "moyen"), ("high", "fort")],
                        max_length=6,
                    ),
                ),
                ("value", models.FloatField(null=True)),
                ("words", models.TextField(blank=True, max_length=1000)),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "care",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="insights.hazardcare",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=40)),
                (
                    "span",
                    models.CharField(
                        choices=[
                            ("month", "mois"),
                            ("quarter", "trimestre"),
                            ("year", "année"),
                            ("ever", "depuis le début"),
                        ],
                        max_length=7,
                    ),
                ),
                ("start", models.DateField()),
                (
                    "cut",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("unit", "par service"),
                            ("site", "par site"),
                            ("level", "par niveau"),
                        ],
                        max_length=5,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=20)),
                ("numerator", models.FloatField()),
                ("denominator", models.FloatField(null=True)),
                ("value", models.FloatField(null=True)),
                ("people", models.PositiveIntegerField(default=0)),
                ("others", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PictureRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("year", models.PositiveSmallIntegerField()),
                ("data", models.JSONField()),
                ("made_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "kind"],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "span",
                    models.CharField(
                        choices=[
                            ("month", "mois"),
                            ("quarter", "trimestre"),
                            ("year", "année"),
                            ("ever", "depuis le début"),
                        ],
                        max_length=7,
                    ),
                ),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("made_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("rows", models.BinaryField(default=b"")),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
            options={
                "ordering": ["-end", "-start", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReleasedFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=40)),
                (
                    "cut",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("unit", "par service"),
                            ("site", "par site"),
                            ("level", "par niveau"),
                        ],
                        max_length=5,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=20)),
                ("numerator", models.FloatField(null=True)),
                ("denominator", models.FloatField(null=True)),
                ("value", models.FloatField(null=True)),
                ("masked", models.BooleanField(default=False)),
                ("as_of", models.DateField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="insights.release",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=reciproque.kit.tokens.new_id, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("committee", "Rapport trimestriel au comité de pilotage"),
                            ("responsibility", "Rapport de responsabilité sociale et d’employabilité"),
                        ],
                        max_length=14,
                    ),
                ),
                ("start", models.DateField()),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("words", models.TextField(blank=True, max_length=4000)),
                ("planned", models.TextField(blank=True, max_length=4000)),
                ("written_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("said", models.JSONField(blank=True, default=dict)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-start", "kind", "-version"],
            },
        ),
        migrations.CreateModel(
            name="Study",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=reciproque.kit.tokens.new_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("researcher", models.CharField(max_length=160)),
                ("institution", models.CharField(max_length=160)),
                ("purpose", models.TextField(max_length=2000)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("legitimate", "intérêt légitime de l’organisation"),
                            ("public", "mission d’intérêt public"),
                        ],
                        max_length=10,
                    ),
                ),
                ("tables", models.JSONField(default=list)),
                ("grains", models.JSONField(default=dict)),
                ("linked", models.BooleanField(default=False)),
                ("until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "accord attendu"),
                            ("agreed", "accordée"),
                            ("declined", "refusée"),
                            ("lapsed", "sans réponse"),
                            ("withdrawn", "retirée"),
                            ("ended", "terminée"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, max_length=2000)),
                ("salt", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("lines", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StudyObjection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StudyPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="insights.study"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="StudySource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.TextField()),
                ("looked_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "study",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="source",
                        to="insights.study",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StudyTaking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("tables", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takings",
                        to="insights.study",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=reciproque.kit.tokens.new_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("indicator", models.CharField(max_length=40)),
                ("value", models.FloatField()),
                ("until", models.DateField()),
                ("why", models.CharField(blank=True, max_length=300)),
                ("set_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-set_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Costs",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=reciproque.kit.tokens.new_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("since", models.DateField()),
                (
                    "animation_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "hour_cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "tools",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "events",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "training_day_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "training_day_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=4,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "spread",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(90)]
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("network", "since"), name="costs_once_a_day")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="hazardcare",
            constraint=models.UniqueConstraint(
                fields=("network", "hazard"),
                name="hazard_followed_once",
                violation_error_message="Ce risque vient d’être changé. Rechargez la page.",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazardreading",
            constraint=models.UniqueConstraint(
                fields=("network", "hazard", "month"), name="hazard_read_once"
            ),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                fields=["network", "indicator", "span", "cut", "start"], name="measure_history"
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                fields=("network", "span", "start", "cut", "group", "indicator"), name="measure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cut", ""), ("group__gt", ""), _negated=True),
                    models.Q(models.Q(("cut", ""), _negated=True), ("group", ""), _negated=True),
                ),
                name="measure_of_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="picturerelease",
            constraint=models.UniqueConstraint(
                fields=("network", "kind", "year"), name="picture_released_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("network", "span", "start"), name="release_once"),
        ),
        migrations.AddConstraint(
            model_name="releasedfigure",
            constraint=models.UniqueConstraint(
                fields=("release", "cut", "indicator", "group"), name="released_figure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="releasedfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("masked", False),
                    models.Q(("denominator", None), ("numerator", None), ("value", None)),
                    _connector="OR",
                ),
                name="masked_figure_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportnote",
            constraint=models.UniqueConstraint(
                fields=("network", "kind", "start", "version"), name="report_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportnote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sent_at", None)),
                fields=("network", "kind", "start"),
                name="report_draft_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at", None), ("sent_by", None)),
                    models.Q(("sent_at__isnull", False), ("sent_by__isnull", False)),
                    _connector="OR",
                ),
                name="report_sent_by_someone",
            ),
        ),
        migrations.AddIndex(
            model_name="study",
            index=models.Index(fields=["state", "until"], name="study_over"),
        ),
        migrations.AddConstraint(
            model_name="study",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by", None),
                    models.Q(("answered_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="study_agreed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="study",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "agreed"), _negated=True),
                    models.Q(("answered_by__isnull", False), models.Q(("salt", ""), _negated=True)),
                    _connector="OR",
                ),
                name="study_agreed_has_a_salt",
            ),
        ),
        migrations.AddConstraint(
            model_name="study",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "agreed"), models.Q(("salt", ""), ("size", 0)), _connector="OR"),
                name="study_over_holds_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="studypart",
            constraint=models.UniqueConstraint(fields=("study", "number"), name="study_part_once"),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("network", "indicator"),
                name="target_once",
                violation_error_message="Cet objectif vient d’être changé. Rechargez la page.",
            ),
        ),
    ]
