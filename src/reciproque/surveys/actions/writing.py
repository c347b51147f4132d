"""Write questionnaires: edit the draft, publish it, put it away; say of how many people at least anything is told."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.surveys.access import can_write
from reciproque.surveys.models import Campaign, Floor, Questionnaire, Version
from reciproque.surveys.rules import (
    LEAST,
    LEAST_MOST,
    TITLE_MAX,
    CampaignState,
    Definition,
    clean_definition,
    empty_definition,
    rekeyed,
    unfinished,
)
from reciproque.surveys.rules.supplied import SUPPLIED


def _titles(title_fr: str, title_en: str) -> dict[str, str]:
    title_fr, title_en = clean(title_fr).strip(), clean(title_en).strip()
    wrong: dict[str, Any] = {}
    if not title_fr:
        wrong["title_fr"] = _("Donnez un titre à ce questionnaire.")
    for name, title in (("title_fr", title_fr), ("title_en", title_en)):
        if len(title) > TITLE_MAX:
            wrong[name] = _("Ce titre est trop long : 150 caractères au plus.")
    if wrong:
        raise ValidationError(wrong)
    return {"title_fr": title_fr, "title_en": title_en}


@transaction.atomic
def create_questionnaire(
    network: Network | None, *, by: Person, title_fr: str, title_en: str = ""
) -> Questionnaire:
    """Begin a questionnaire of a network (None: of the whole installation), with nothing asked yet."""
    return _create(network, by, _titles(title_fr, title_en), empty_definition())


@transaction.atomic
def copy_supplied(network: Network | None, key: str, *, by: Person) -> Questionnaire:
    """Copy a supplied questionnaire as a draft, to be changed at will before it is published."""
    supplied = SUPPLIED.get(key)
    if supplied is None:
        raise ValidationError(_("Choisissez un des questionnaires fournis."))
    titles = {"title_fr": supplied.title["fr"], "title_en": supplied.title["en"]}
    return _create(network, by, titles, clean_definition(supplied.definition), supplied=key)


def _create(
    network: Network | None, by: Person, titles: dict[str, str], definition: Definition, supplied: str = ""
) -> Questionnaire:
    if not can_write(by, network):
        raise PermissionDenied
    row = Questionnaire.objects.create(
        network=network, made_by=by, made_at=clock.now(), supplied=supplied, **titles
    )
    Version.objects.create(
        questionnaire=row, number=1, definition=definition, changed_at=clock.now(), **titles
    )
    record("questionnaire.created", row, by=by, network=network, title=row.title_fr)
    return row


@transaction.atomic
def edit_version(
    questionnaire: Questionnaire,
    *,
    by: Person,
    definition: Any,
    title_fr: str,
    title_en: str = "",
    revision: int,
) -> Version:
    """Replace the draft; `revision` is the one that the editor began from: another editor's work is not undone.

    A questionnaire whose versions are all published gets a new draft, begun from the latest of them (`revision` 0).
    """
    _check_may(questionnaire, by)
    titles = _titles(title_fr, title_en)
    cleaned = clean_definition(definition)
    draft = questionnaire.versions.filter(published_at=None).first() or _new_draft(questionnaire)
    changed = Version.objects.filter(pk=draft.pk, published_at=None, revision=revision).update(
        definition=cleaned, revision=revision + 1, changed_at=clock.now(), **titles
    )
    if not changed:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    draft.refresh_from_db()
    # What is published keeps the name under which it is sent, until the next version is.
    if not questionnaire.versions.published().exists():
        _name(questionnaire, draft)
    return draft


def _name(questionnaire: Questionnaire, version: Version) -> None:
    questionnaire.title_fr, questionnaire.title_en = version.title_fr, version.title_en
    questionnaire.save(update_fields=["title_fr", "title_en"])


def _check_may(questionnaire: Questionnaire, by: Person) -> None:
    if not can_write(by, questionnaire.network):
        raise PermissionDenied
    if questionnaire.retired_at is not None:
        raise ValidationError(_("Ce questionnaire est rangé : il ne se modifie plus."))


def _new_draft(questionnaire: Questionnaire) -> Version:
    latest = questionnaire.versions.order_by("-number").first()
    assert latest is not None
    try:
        with transaction.atomic():
            return Version.objects.create(
                questionnaire=questionnaire,
                number=latest.number + 1,
                definition=latest.definition,
                title_fr=latest.title_fr,
                title_en=latest.title_en,
                changed_at=clock.now(),
            )
    except IntegrityError as error:
        raise ValidationError(ALREADY_CHANGED, code="changed") from error


@transaction.atomic
def publish_version(questionnaire: Questionnaire, *, by: Person) -> Version:
    """Freeze the draft: from now on it is what people are asked; those who began an earlier version finish that one.

    A question asked in other words than before gets another key: its answers are not counted with the former ones.
    """
    _check_may(questionnaire, by)
    draft = questionnaire.versions.filter(published_at=None).first()
    if draft is None:
        raise ValidationError(_("Il n’y a rien de nouveau à publier."))
    wrong = unfinished(draft.definition, draft.title_en)
    if wrong:
        raise ValidationError({key or NON_FIELD_ERRORS: sentences for key, sentences in wrong.items()})
    earlier = questionnaire.versions.published().values_list("definition", flat=True)
    definition, renamed = rekeyed(draft.definition, earlier)
    now = clock.now()
    rows = Version.objects.filter(pk=draft.pk, published_at=None, revision=draft.revision)
    if not rows.update(published_at=now, published_by=by, definition=definition):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    draft.published_at, draft.published_by, draft.definition = now, by, definition
    _name(questionnaire, draft)
    planned = Campaign.objects.filter(questionnaire=questionnaire, state=CampaignState.PLANNED)
    for former, key in renamed.items():
        planned.filter(split_question=former).update(split_question=key)
    record(
        "questionnaire.published",
        questionnaire,
        by=by,
        network=questionnaire.network,
        title=questionnaire.title_fr,
        number=draft.number,
    )
    return draft


@transaction.atomic
def retire_questionnaire(questionnaire: Questionnaire, *, by: Person) -> Questionnaire:
    """Put a questionnaire away: it is no longer sent; what came out of it stays readable."""
    _check_may(questionnaire, by)
    live = Campaign.objects.filter(
        questionnaire=questionnaire, state__in=[CampaignState.PLANNED, CampaignState.OPEN]
    )
    if live.exists():
        raise ValidationError(
            _(
                "Des campagnes de ce questionnaire sont prévues ou en cours : attendez leur fin, ou annulez-les."
            )
        )
    questionnaire.retired_at = clock.now()
    questionnaire.save(update_fields=["retired_at"])
    record(
        "questionnaire.retired",
        questionnaire,
        by=by,
        network=questionnaire.network,
        title=questionnaire.title_fr,
    )
    return questionnaire


@transaction.atomic
def choose_least(network: Network, least: int, *, by: Person) -> Floor:
    """Choose of how many people at least the network tells anything: five, or more; what is planned keeps its own."""
    if not can_write(by, network):
        raise PermissionDenied
    if not LEAST <= least <= LEAST_MOST:
        raise ValidationError({"least": _("Choisissez un nombre entre 5 et 50.")})
    chosen = {"least": least, "chosen_by": by, "chosen_at": clock.now()}
    floor, _created = Floor.objects.update_or_create(network=network, defaults=chosen)
    record("survey_floor.chosen", network, by=by, network=network, count=least)
    return floor
