import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reciproque.kit.clock
import reciproque.kit.tokens


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_rhythm_silence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Framework",
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
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("version", models.CharField(blank=True, max_length=40)),
                ("language", models.CharField(default="fr", max_length=2)),
                ("credit", models.CharField(blank=True, max_length=300)),
                ("imported_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "imported_by",
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
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Entry",
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
                ("code", models.CharField(max_length=200)),
                ("label", models.CharField(max_length=300)),
                ("folded", models.CharField(db_index=True, max_length=300)),
                ("group", models.BooleanField(default=False)),
                ("orphan", models.BooleanField(default=False)),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="catalogue.framework",
                    ),
                ),
            ],
            options={
                "ordering": ["label"],
            },
        ),
        migrations.CreateModel(
            name="TopicLink",
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
                ("closeness", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                ("kept", models.BooleanField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="catalogue.topic",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TopicName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=2)),
                ("name", models.CharField(max_length=80)),
                ("folded", models.CharField(max_length=80, unique=True)),
                ("shown", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField(default=reciproque.kit.clock.now)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="catalogue.topic",
                    ),
                ),
            ],
            options={
                "ordering": ["language", "name"],
            },
        ),
        migrations.CreateModel(
            name="EntryName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=300)),
                ("folded", models.CharField(db_index=True, max_length=300)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="catalogue.entry",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entry", "folded"), name="entry_name_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("framework", "code"), name="entry_code_once"),
        ),
        migrations.AddConstraint(
            model_name="topiclink",
            constraint=models.UniqueConstraint(fields=("topic", "entry"), name="topic_link_once"),
        ),
        migrations.AddConstraint(
            model_name="topicname",
            constraint=models.UniqueConstraint(
                condition=models.Q(("shown", True)),
                fields=("topic", "language"),
                name="topic_name_shown_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="topicname",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shown", False), models.Q(("language", ""), _negated=True), _connector="OR"
                ),
                name="topic_name_shown_in",
            ),
        ),
    ]
