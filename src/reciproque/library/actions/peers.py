"""What peers say of a sheet: how relevant it is, whether they used it, and a word to its author alone."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.exchanges.actions.threads import add_message, open_thread
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.library.access import can_rate
from reciproque.library.models import Rating, Sheet, Talk
from reciproque.library.rules import check_relevance
from reciproque.networks.access import is_member
from reciproque.people.models import Person


@transaction.atomic
def rate_sheet(
    sheet: Sheet, *, by: Person, relevance: int | None = None, used: bool = False
) -> Rating | None:
    """Say how relevant a sheet is and whether one used it; said again it replaces, said empty it is taken back."""
    if not can_rate(by, sheet):
        raise PermissionDenied
    check_relevance(relevance)
    if relevance is None and not used:
        Rating.objects.filter(sheet=sheet, person=by).delete()
        return None
    rating, _created = Rating.objects.update_or_create(
        sheet=sheet, person=by, defaults={"relevance": relevance, "used": used, "at": clock.now()}
    )
    # What they think of it is between them and the figures.
    record("sheet.rated", sheet, by=by, network=sheet.network, title=sheet.title, used=used)
    return rating


@transaction.atomic
def write_to_author(sheet: Sheet, text: str, *, by: Person, key: str = "") -> Talk:
    """Write a word about a sheet to the one who keeps it, and to nobody else."""
    if not can_rate(by, sheet):
        raise PermissionDenied
    owner = sheet.owner
    if owner is None or not is_member(owner, sheet.network):
        raise ValidationError(_("Plus personne ne suit cette fiche : votre mot n’aurait pas de lecteur."))
    talk = Talk.objects.filter(sheet=sheet, reader=by, author=owner).select_related("thread").first()
    if talk is None:
        author = sheet.authors.filter(person=owner).first()
        talk = Talk.objects.create(
            sheet=sheet,
            reader=by,
            author=owner,
            author_as=author.shown_as if author else "",
            thread=open_thread(sheet.network, [by, owner]),
            opened_at=clock.now(),
        )
    return write_in_talk(talk, text, by=by, key=key)


@transaction.atomic
def write_in_talk(talk: Talk, text: str, *, by: Person, key: str = "") -> Talk:
    """Write to the other of a conversation about a sheet; the fact holds no word of it."""
    if by.pk not in (talk.reader_id, talk.author_id):
        raise PermissionDenied
    _message, new = add_message(talk.thread, text, by=by, key=key)
    if new:
        Talk.objects.filter(pk=talk.pk).update(last_at=clock.now())
        other = talk.author if by.pk == talk.reader_id else talk.reader
        record(
            "talk.written",
            talk,
            by=by,
            network=talk.sheet.network,
            people=[other],
            to=[other.public_id],
            title=talk.sheet.title,
            name=name_in_talk(talk, by),
        )
    return talk


def name_in_talk(talk: Talk, person: Person) -> str:
    """Return the name under which one of the two appears to the other."""
    return (talk.author_as if person.pk == talk.author_id else "") or person.display_name
