import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reciproque.kit.clock
import reciproque.kit.tokens


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0005_learning_community"),
        ("networks", "0004_suspended_until"),
        ("people", "0004_fold_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Key",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kid", models.CharField(max_length=40, unique=True)),
                ("public", models.JSONField()),
                ("sealed", models.TextField()),
                ("made_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("broken_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1), condition=models.Q(("retired_at", None)), name="key_one_signs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("broken_at", None), ("retired_at__isnull", False), _connector="OR"
                        ),
                        name="key_broken_is_retired",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
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
                    "audience",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("me", "moi seulement"),
                            ("met", "les personnes avec qui j’ai eu un échange"),
                            ("network", "les membres du réseau"),
                        ],
                        max_length=8,
                    ),
                ),
                ("seen_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("put_away_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.topic"
                    ),
                ),
            ],
            options={
                "ordering": ["-seen_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
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
                        choices=[
                            ("offered", "offre publiée"),
                            ("given", "échange où vous avez transmis"),
                            ("wrote", "fiche publiée"),
                            ("rated", "fiche jugée utile par des collègues"),
                            ("answered", "réponse à une question de pratique"),
                            ("facilitated", "groupe facilité"),
                        ],
                        max_length=12,
                    ),
                ),
                ("source_kind", models.CharField(max_length=12)),
                ("source_id", models.CharField(max_length=12)),
                ("on", models.DateField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="recognition.skill",
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
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
                    "source_kind",
                    models.CharField(choices=[("exchange", "échange"), ("sheet", "fiche")], max_length=8),
                ),
                ("source_id", models.CharField(max_length=12)),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("signs", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmations",
                        to="recognition.skill",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Certification",
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
                ("since", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "les confirmations sont trop anciennes"),
                            ("unconfirmed", "une confirmation a été retirée"),
                            ("contested", "une contestation a été retenue"),
                            ("given_up", "la personne y a renoncé"),
                            ("rule", "la règle du réseau a changé"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certifications",
                        to="recognition.skill",
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kept", models.BooleanField(default=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("me", "moi seulement"),
                            ("met", "les personnes avec qui j’ai eu un échange"),
                            ("network", "les membres du réseau"),
                        ],
                        default="me",
                        max_length=8,
                    ),
                ),
                (
                    "calls",
                    models.PositiveSmallIntegerField(
                        default=2, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("changed_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Call",
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
                            ("offer", "proposer ce savoir"),
                            ("sheet", "écrire une fiche"),
                            ("answer", "répondre à une demande"),
                            ("successor", "transmettre avant un départ"),
                            ("group", "animer un groupe sur ce sujet"),
                        ],
                        max_length=9,
                    ),
                ),
                ("about_kind", models.CharField(blank=True, max_length=8)),
                ("about_id", models.CharField(blank=True, max_length=12)),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("asked_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "réponse attendue"),
                            ("accepted", "acceptée"),
                            ("declined", "déclinée"),
                            ("lapsed", "sans réponse"),
                            ("withdrawn", "retirée"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.topic"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "indexes": [models.Index(fields=["person", "state"], name="call_person_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("network", "topic", "person", "kind"),
                        name="call_once",
                        violation_error_message="Cette personne a déjà reçu cette demande.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="call_answered_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificationRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "confirmations",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
                (
                    "units",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[
                            django.core.validators.MinValueValidator(6),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                ("on", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confirmations__gte", 2), ("months__gte", 6), ("units__gte", 1)),
                        name="certification_rule_asks_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__lte", models.F("confirmations"))),
                        name="certification_rule_possible",
                        violation_error_message="Il ne peut pas falloir plus de services que de personnes.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contest",
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
                ("words", models.CharField(max_length=1000)),
                ("at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("upheld", models.BooleanField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "certification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contests",
                        to="recognition.certification",
                    ),
                ),
                (
                    "settled_by",
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
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("certification", "by"),
                        name="contest_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("upheld", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("upheld__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contest_settled_with_reasons",
                        violation_error_message="Dites pourquoi.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Badge",
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
                ("credential", models.TextField()),
                ("endorsements", models.JSONField(blank=True, default=list)),
                ("index", models.PositiveIntegerField(unique=True)),
                ("issued_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("until", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "revoked_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "les confirmations sont trop anciennes"),
                            ("unconfirmed", "une confirmation a été retirée"),
                            ("contested", "une contestation a été retenue"),
                            ("given_up", "la personne y a renoncé"),
                            ("rule", "la règle du réseau a changé"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "certification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="badges",
                        to="recognition.certification",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="badges",
                        to="recognition.key",
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at", None), ("revoked_for", "")),
                            models.Q(
                                ("revoked_at__isnull", False), models.Q(("revoked_for", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="badge_revoked_has_a_reason",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.UniqueConstraint(fields=("person", "topic"), name="skill_once"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                fields=("skill", "kind", "source_kind", "source_id"), name="evidence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("skill", "network", "by"),
                name="confirmation_once",
                violation_error_message="Vous l’avez déjà confirmé.",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None), models.Q(("signs", False), ("words", "")), _connector="OR"
                ),
                name="confirmation_withdrawn_says_nothing",
            ),
        ),
        migrations.AddIndex(
            model_name="certification",
            index=models.Index(fields=["ended_at", "until"], name="certification_until"),
        ),
        migrations.AddConstraint(
            model_name="certification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("skill", "network"), name="certification_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="certification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ended_at", None)),
                    models.Q(("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="certification_end_has_a_reason",
            ),
        ),
    ]
