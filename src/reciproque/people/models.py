"""Persons, organisation units, sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from reciproque.kit import clock
from reciproque.kit.rows import Row
from reciproque.people.rules import (
    FOLDED_MAX,
    LANGUAGES,
    LEVELS,
    MAX_NAME,
    check_zone,
    folded_name,
    initials,
)


class Unit(Row):
    """A unit of the organisation; `path` holds its ancestors' names so that lists need one query."""

    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=400, unique=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class Site(Row):
    """A place where people work."""

    name = models.CharField(max_length=120, unique=True)
    city = models.CharField(max_length=80, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Paris", validators=[check_zone])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> Person:
        """Create a person who may sign in; without a password they use an e-mailed code."""
        person = Person(email=(email or "").strip().lower() or None, **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Create an administrator of the installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> Person:
        return self.get(email__iexact=email)


NAMES = {"first_name", "last_name"}


class FoldedNames(models.CharField):  # type: ignore[type-arg]
    """A person's names as texts are compared to them, made anew whenever the person is written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return what is stored, from the names as they are now."""
        assert isinstance(model_instance, Person)
        model_instance.folded = model_instance.fold_names()
        return model_instance.folded

    def deconstruct(self) -> Any:
        """Tell migrations that the column is a plain one."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class PersonQuerySet(models.QuerySet["Person"]):
    def present(self) -> PersonQuerySet:
        """Keep those who have not left the organisation."""
        return self.filter(is_active=True)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        """Change many people at once, with the names by which texts are compared to them."""
        people, changed = list(objs), list(fields)
        if NAMES & set(changed):
            changed.append("folded")
            for person in people:
                person.folded = person.fold_names()
        return super().bulk_update(people, changed, *args, **kwargs)


class Person(AbstractBaseUser, PermissionsMixin, Row):
    """Someone of the organisation, whether or not they have an e-mail address."""

    subject_kind = "person"

    email = models.EmailField(_("adresse électronique"), unique=True, null=True, blank=True)
    external_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    first_name = models.CharField(_("prénom"), max_length=MAX_NAME, blank=True)
    last_name = models.CharField(_("nom"), max_length=MAX_NAME)
    # "last first", folded: how a name is found in a text, among all those of the directory, by one index.
    folded = FoldedNames(max_length=FOLDED_MAX, blank=True, editable=False, db_index=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="people")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="people")
    function = models.CharField(_("fonction"), max_length=160, blank=True)
    level = models.CharField(_("niveau"), max_length=20, choices=LEVELS, blank=True)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    language = models.CharField(_("langue de l’interface"), max_length=2, choices=LANGUAGES, default="fr")
    spoken = models.JSONField(_("langues parlées"), default=list, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Paris", validators=[check_zone])
    about = models.TextField(_("en quelques mots"), blank=True)
    leaves_on = models.DateField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)

    objects = PersonManager.from_queryset(PersonQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["last_name"]

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_once",
                violation_error_message=_("Cette adresse est déjà utilisée."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(left_at__isnull=False),
                name="person_left_is_dated",
                violation_error_message=_("Une personne partie doit avoir une date de départ."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def fold_names(self) -> str:
        """Return the name as texts are compared to it, the last name first."""
        return folded_name(f"{self.last_name} {self.first_name}")

    @property
    def display_name(self) -> str:
        """The name as colleagues say it."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        return initials(self.first_name, self.last_name)

    @property
    def languages(self) -> list[str]:
        """The languages in which this person can exchange, never empty."""
        return list(self.spoken) or [self.language]


class UsedLink(models.Model):
    """A signed link that already gave its answer: it never gives another one."""

    # The print of the link, not the link: whoever reads this table can open nothing.
    mark = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    used_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.kind} {self.used_at:%Y-%m-%d}"
