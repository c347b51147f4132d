"""Several names under a sheet: asked for, given, refused, taken off, handed over."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.library.access import can_write
from reciproque.library.actions.drafts import GROUPS_OWN
from reciproque.library.actions.expected import expect_no_answer, expect_no_rereading
from reciproque.library.actions.sheets import shown_name
from reciproque.library.models import Asked, Sheet, SheetAuthor, UseCase
from reciproque.library.rules import GUARDED, MAX_AUTHORS, AskState, AuthorState, CaseState
from reciproque.networks.access import is_member
from reciproque.networks.models import Membership, Network
from reciproque.people.models import Person


@transaction.atomic
def invite_author(sheet: Sheet, person: Person, *, by: Person) -> SheetAuthor:
    """Ask a member to sign a sheet with you: they read and write it from now on, and appear once they accept."""
    if not can_write(by, sheet):
        raise PermissionDenied
    if sheet.origin_kind in GUARDED:
        raise ValidationError(GROUPS_OWN)
    if not is_member(person, sheet.network):
        raise ValidationError({"person": _("Cette personne ne fait pas partie du réseau.")})
    if sheet.authors.filter(state__in=[AuthorState.ACCEPTED, AuthorState.INVITED]).count() >= MAX_AUTHORS:
        raise ValidationError({"person": _("Douze auteurs au plus.")})
    author, created = SheetAuthor.objects.get_or_create(
        sheet=sheet, person=person, defaults={"invited_by": by, "asked_at": clock.now()}
    )
    if author.state == AuthorState.REFUSED or (author.state == AuthorState.LEFT and person.pk != by.pk):
        raise ValidationError({"person": _("Cette personne n’a pas souhaité signer cette fiche.")})
    if created:
        record(
            "sheet.invited",
            sheet,
            by=by,
            network=sheet.network,
            people=[person],
            to=[person.public_id],
            title=sheet.title,
            name=by.display_name,
        )
    return author


@transaction.atomic
def answer_invitation(sheet: Sheet, *, by: Person, accept: bool) -> SheetAuthor:
    """Accept or decline to sign a sheet; who asked is told of a yes, a no stays quiet."""
    author = SheetAuthor.objects.select_for_update().filter(sheet=sheet, person=by).first()
    if author is None:
        raise PermissionDenied
    wanted = AuthorState.ACCEPTED if accept else AuthorState.REFUSED
    if author.state == wanted:
        return author
    if author.state != AuthorState.INVITED:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    author.state, author.answered_at = wanted, clock.now()
    author.save(update_fields=["state", "answered_at"])
    if accept:
        to = [author.invited_by.public_id] if author.invited_by else []
        people = [author.invited_by] if author.invited_by else []
        record(
            "sheet.signed",
            sheet,
            by=by,
            network=sheet.network,
            people=people,
            to=to,
            title=sheet.title,
            name=by.display_name,
        )
    return author


@transaction.atomic
def take_name_off(sheet: Sheet, *, by: Person) -> SheetAuthor:
    """Take one's name off a sheet that has other authors; the sheet stays theirs."""
    # All of them, so that of two who leave at the same instant one stays.
    authors = {row.person_id: row for row in SheetAuthor.objects.select_for_update().filter(sheet=sheet)}
    mine = authors.get(by.pk)
    if mine is None or mine.state not in (AuthorState.ACCEPTED, AuthorState.LEFT):
        raise PermissionDenied
    if mine.state == AuthorState.LEFT:
        return mine
    others = [row for row in authors.values() if row.state == AuthorState.ACCEPTED and row.pk != mine.pk]
    if not others:
        raise ValidationError(_("Vous en êtes le seul auteur : retirez plutôt la fiche."))
    mine.state, mine.answered_at = AuthorState.LEFT, clock.now()
    mine.save(update_fields=["state", "answered_at"])
    if sheet.owner_id == by.pk:
        _hand_over(sheet, others[0].person_id)
    # The versions keep their words, without the name.
    sheet.versions.filter(by=by).update(by=None, by_name="")
    record("sheet.left", sheet, by=by, network=sheet.network, title=sheet.title)
    return mine


@transaction.atomic
def give_to(sheet: Sheet, person: Person, *, by: Person) -> Sheet:
    """Let another of its authors keep the sheet up to date."""
    if not can_write(by, sheet):
        raise PermissionDenied
    if not sheet.authors.filter(person=person, state=AuthorState.ACCEPTED).exists():
        raise ValidationError({"person": _("Choisissez l’un des auteurs de la fiche.")})
    _hand_over(sheet, person.pk)
    record(
        "sheet.given",
        sheet,
        by=by,
        network=sheet.network,
        people=[person],
        to=[person.public_id],
        title=sheet.title,
        name=shown_name(sheet, by),
    )
    return sheet


def _hand_over(sheet: Sheet, person: int | None) -> None:
    expect_no_rereading(sheet)
    Sheet.objects.filter(pk=sheet.pk).update(owner=person, stale_told_at=None)
    sheet.owner_id = person


@transaction.atomic
def forget_member(person: Person, network: Network) -> None:
    """Take note that someone left a network: what they wrote keeps their name, what waited for them is released."""
    now = clock.now()
    invited = SheetAuthor.objects.filter(person=person, sheet__network=network, state=AuthorState.INVITED)
    invited.update(state=AuthorState.REFUSED, answered_at=now)
    waiting = Asked.objects.filter(person=person, case__network=network, state=AskState.WAITING)
    for asked in waiting.select_related("case__network", "person"):
        expect_no_answer(asked.case, asked.person)
        Asked.objects.filter(pk=asked.pk).update(state=AskState.LAPSED, answered_at=now)
        record("case.lapsed", asked.case, network=network)
    mine = UseCase.objects.filter(asker=person, network=network, state=CaseState.OPEN)
    for case in list(mine):
        expect_no_answer(case)
    mine.update(state=CaseState.CLOSED, closed_at=now)
    there = Membership.objects.current().filter(network=network).values("person")
    for sheet in Sheet.objects.filter(network=network, owner=person):
        heirs = sheet.authors.filter(state=AuthorState.ACCEPTED, person__in=there).exclude(person=person)
        _hand_over(sheet, heirs.values_list("person", flat=True).first())
