import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reciproque.kit.clock
import reciproque.kit.tokens
import reciproque.surveys.models.answers
import reciproque.surveys.models.questionnaires


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("networks", "0004_suspended_until"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
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
                    "trigger",
                    models.CharField(
                        choices=[
                            ("date", "à une date"),
                            ("pair", "avant et après"),
                            ("third", "après le troisième échange comme demandeur ou demandeuse"),
                            ("group", "à la fin d’un groupe"),
                            ("joining", "en rejoignant le réseau"),
                            ("leaving", "en quittant le réseau"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("anonymous", "anonyme"), ("confidential", "confidentiel")], max_length=12
                    ),
                ),
                ("audience", models.JSONField(default=dict)),
                (
                    "split",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "résultats d’ensemble seulement"),
                            ("unit", "par entité"),
                            ("site", "par site"),
                            ("level", "par niveau"),
                            ("took_part", "participants et non-participants"),
                            ("question", "selon la réponse à une question"),
                        ],
                        max_length=9,
                    ),
                ),
                ("split_question", models.CharField(blank=True, max_length=40)),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(50),
                        ],
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("again", models.BooleanField(default=False)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("renewed", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "prévue"),
                            ("open", "en cours"),
                            ("closed", "close"),
                            ("cancelled", "annulée"),
                        ],
                        default="planned",
                        max_length=9,
                    ),
                ),
                ("planned_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("told", models.JSONField(blank=True, null=True)),
                (
                    "before",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="after",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="networks.network"
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-opens_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Aside",
            fields=[
                (
                    "id",
                    reciproque.surveys.models.answers.RandomKey(
                        default=reciproque.surveys.models.answers.random_key,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("mark", models.CharField(max_length=64, unique=True)),
                ("sealed", models.TextField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asides",
                        to="surveys.campaign",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Questionnaire",
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
                ("supplied", models.CharField(blank=True, max_length=20)),
                ("title_fr", models.CharField(max_length=150, verbose_name="titre")),
                ("title_en", models.CharField(blank=True, max_length=150, verbose_name="titre en anglais")),
                ("made_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "ordering": ["title_fr", "pk"],
            },
            bases=(reciproque.surveys.models.questionnaires.Titled, models.Model),
        ),
        migrations.AddField(
            model_name="campaign",
            name="questionnaire",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to="surveys.questionnaire",
            ),
        ),
        migrations.CreateModel(
            name="Version",
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
                ("number", models.PositiveSmallIntegerField()),
                ("title_fr", models.CharField(blank=True, default="", max_length=150)),
                ("title_en", models.CharField(blank=True, default="", max_length=150)),
                ("definition", models.JSONField(default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="surveys.questionnaire",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
            bases=(reciproque.surveys.models.questionnaires.Titled, models.Model),
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    reciproque.surveys.models.answers.RandomKey(
                        default=reciproque.surveys.models.answers.random_key,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code_mark", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("expected", "réponse attendue"),
                            ("on_paper", "sur papier"),
                            ("answered", "a répondu"),
                            ("declined", "ne souhaite pas répondre"),
                            ("lapsed", "sans réponse"),
                            ("withdrawn", "sans objet"),
                        ],
                        default="expected",
                        max_length=9,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("answered_on", models.DateField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="surveys.version",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NamedAnswer",
            fields=[
                (
                    "id",
                    reciproque.surveys.models.answers.RandomKey(
                        default=reciproque.surveys.models.answers.random_key,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=40)),
                ("values", models.JSONField()),
                ("answered_on", models.DateField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named_answers",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.version"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LooseAnswer",
            fields=[
                (
                    "id",
                    reciproque.surveys.models.answers.RandomKey(
                        default=reciproque.surveys.models.answers.random_key,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("values", models.JSONField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loose_answers",
                        to="surveys.campaign",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="surveys.version"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="first_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="surveys.version",
            ),
        ),
        migrations.CreateModel(
            name="Floor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(50),
                        ],
                    ),
                ),
                ("chosen_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "chosen_by",
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
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("least__gte", 5)), name="floor_of_five")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                fields=("questionnaire", "number"), name="version_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at", None)),
                fields=("questionnaire",),
                name="version_one_draft",
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["person", "state"], name="survey_seat_person"),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["state", "due_at"], name="survey_seat_due"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)),
                fields=("campaign", "person"),
                name="survey_seat_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code_mark", ""), _negated=True),
                fields=("code_mark",),
                name="survey_seat_code_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_on__isnull", False), ("state", "answered")),
                    models.Q(models.Q(("state", "answered"), _negated=True), ("answered_on", None)),
                    _connector="OR",
                ),
                name="survey_seat_answered_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="namedanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)),
                fields=("campaign", "person"),
                name="named_answer_once",
            ),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["state", "closes_at"], name="campaign_state"),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["network", "trigger", "state"], name="campaign_trigger"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens_at__lt", models.F("closes_at"))), name="campaign_opens_first"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("least__gte", 5)), name="campaign_floor_of_five"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("before", None), ("mode", "confidential"), _connector="OR"),
                name="campaign_pairs_need_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mode", "confidential"), ("split__in", ["", "question"]), _connector="OR"
                ),
                name="campaign_split_needs_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True), ("opened_at__isnull", False), _connector="OR"
                ),
                name="campaign_open_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    ("closed_at__isnull", False),
                    _connector="OR",
                ),
                name="campaign_closed_is_dated",
            ),
        ),
    ]
