"""Training records, what attests them, and the store to which they are sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reciproque.kit.clock
import reciproque.kit.tokens
import reciproque.recognition.models.training


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0004_suspended_until"),
        ("recognition", "0003_badge_topic"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LearningStore",
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
                ("on", models.BooleanField(default=False)),
                ("url", models.CharField(max_length=2000)),
                (
                    "version",
                    models.CharField(
                        choices=[("2.0.0", "xAPI 2.0"), ("1.0.3", "xAPI 1.0.3")],
                        default="2.0.0",
                        max_length=5,
                    ),
                ),
                ("sealed", models.TextField()),
                ("public", models.JSONField()),
                ("salt", models.CharField(max_length=64)),
                ("attaches", models.BooleanField(default=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("wait_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("last_ok_at", models.DateTimeField(blank=True, null=True)),
                ("added_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
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
                "ordering": ["-added_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="TrainingRecord",
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
                            ("exchange", "un échange clos"),
                            ("session", "une séance d’un groupe"),
                            ("group", "un groupe, du début à la fin"),
                        ],
                        max_length=8,
                    ),
                ),
                ("source_id", models.CharField(max_length=12)),
                ("asked_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "les heures de l’autre personne sont attendues"),
                            ("different", "les deux personnes ont donné des heures différentes"),
                            ("agreed", "les deux personnes sont d’accord"),
                            ("declined", "rien n’est compté : l’autre personne préfère que non"),
                            ("lapsed", "rien n’est compté : pas de réponse dans le délai"),
                            ("withdrawn", "retirée"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("title", models.CharField(max_length=200)),
                ("aims", models.TextField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("face", "en présentiel"),
                            ("remote", "à distance"),
                            ("phone", "par téléphone"),
                            ("work", "en situation de travail"),
                        ],
                        max_length=6,
                    ),
                ),
                ("learner_hours", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("trainer_hours", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("hours", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("afest", models.BooleanField(default=False)),
                ("analysis", models.TextField(blank=True)),
                ("guidance", models.TextField(blank=True)),
                ("reflection", models.TextField(blank=True)),
                ("reflected_on", models.DateField(blank=True, null=True)),
                ("evaluation", models.TextField(blank=True)),
                ("learner_hands_at", models.DateTimeField(blank=True, null=True)),
                ("trainer_hands_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "learner",
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
                (
                    "trainer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-ends_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="TrainingExport",
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
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("csv", "CSV, à ouvrir dans un tableur ou un autre logiciel"),
                            ("xlsx", "Excel (XLSX)"),
                        ],
                        max_length=4,
                    ),
                ),
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
                ("records", models.ManyToManyField(related_name="exports", to="recognition.trainingrecord")),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("record", "une formation suivie"), ("void", "une annulation")],
                        default="record",
                        max_length=6,
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("statement_id", models.UUIDField(unique=True)),
                ("body", models.TextField()),
                ("signature", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "à envoyer"),
                            ("sent", "pris"),
                            ("refused", "refusé"),
                            ("cancelled", "annulé avant l’envoi"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("made_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("last_status", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="recognition.learningstore",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="recognition.trainingrecord",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
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
                    "code",
                    models.CharField(
                        default=reciproque.recognition.models.training.new_code, max_length=24, unique=True
                    ),
                ),
                ("shown", models.JSONField(default=list)),
                ("token", models.TextField()),
                ("issued_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="recognition.key"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="recognition.trainingrecord",
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="TrainingSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.BooleanField(default=False)),
                ("kinds", models.JSONField(default=list)),
                ("afest", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "network",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="learningstore",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)), fields=("network",), name="learning_store_one"
            ),
        ),
        migrations.AddIndex(
            model_name="trainingrecord",
            index=models.Index(fields=["learner", "state"], name="training_learner"),
        ),
        migrations.AddIndex(
            model_name="trainingrecord",
            index=models.Index(fields=["trainer", "state"], name="training_trainer"),
        ),
        migrations.AddIndex(
            model_name="trainingrecord",
            index=models.Index(fields=["network", "state", "ends_on"], name="training_network"),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "different", "agreed"))),
                fields=("kind", "source_id", "learner", "trainer"),
                name="training_live_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("learner", models.F("trainer")), _negated=True),
                name="training_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_by", models.F("learner")), ("asked_by", models.F("trainer")), _connector="OR"
                ),
                name="training_by_one_of_them",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="training_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "agreed"), _negated=True),
                    models.Q(
                        ("hours__gt", 0), ("learner_hours__isnull", False), ("trainer_hours__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="training_agreed_has_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("afest", False),
                    models.Q(
                        models.Q(("analysis", ""), _negated=True),
                        models.Q(("guidance", ""), _negated=True),
                        models.Q(("reflection", ""), _negated=True),
                        models.Q(("evaluation", ""), _negated=True),
                        ("reflected_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="training_afest_is_complete",
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["store", "state", "next_at"], name="statement_waiting"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("store", "record", "kind", "round"), name="statement_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                ),
                name="statement_sent_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("record",), name="attestation_one_stands"
            ),
        ),
    ]
