"""The bulletin of a learning network: prepared from the facts, edited by those who animate, sent once to everybody."""

from __future__ import annotations

import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from reciproque.initiatives.access import can_frame
from reciproque.initiatives.actions.owing import line, text
from reciproque.initiatives.models import Bulletin, Frame
from reciproque.initiatives.queries.bulletins import draft_of, material, since_last, text_of
from reciproque.initiatives.rules import BULLETIN_MAX, TITLE_MAX, BulletinState, Phase
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.library.rules.markdown import check
from reciproque.people.models import Person


def seen_mark(bulletin: Bulletin) -> str:
    """Return the mark of the text that somebody had before them: of two who edit at once, the second reads a sentence."""
    return hashlib.sha256(f"{bulletin.title}\n{bulletin.text}".encode()).hexdigest()[:16]


@transaction.atomic
def prepare_bulletin(frame: Frame, *, by: Person) -> Bulletin:
    """Prepare the next bulletin from what happened since the last one; the one already in preparation is kept."""
    if not can_frame(by, frame):
        raise PermissionDenied
    known = draft_of(frame)
    if known is not None:
        return known
    if frame.phase == Phase.FRAME:
        raise ValidationError(_("Le réseau n’a pas encore commencé : il n’y a rien à raconter."))
    now, since = clock.now(), since_last(frame)
    number = Bulletin.objects.filter(network=frame.network_id).aggregate(last=Max("number"))["last"] or 0
    title = _("Bulletin n° %(number)s : %(network)s") % {
        "number": number + 1,
        "network": frame.network.name,
    }
    try:
        with transaction.atomic():
            bulletin = Bulletin.objects.create(
                network=frame.network,
                number=number + 1,
                title=title[:TITLE_MAX],
                text=text_of(material(frame, since, now))[:BULLETIN_MAX],
                since=since,
                until=now,
                written_by=by,
                written_at=now,
            )
    except IntegrityError:
        return Bulletin.objects.select_related("network", "written_by").get(
            network=frame.network_id, number=number + 1
        )
    _note("bulletin.prepared", bulletin, by)
    return bulletin


def _check(bulletin: Bulletin, by: Person, seen: str | None) -> Bulletin:
    """Return the bulletin as it is now, held, for someone who frames the network and saw it so."""
    frame = Frame.objects.select_related("network").get(network=bulletin.network_id)
    if not can_frame(by, frame):
        raise PermissionDenied
    fresh = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if fresh.state != BulletinState.DRAFT:
        raise ValidationError(_("Ce bulletin est déjà parti : son texte ne change plus."))
    if seen is not None and seen_mark(fresh) != seen:
        raise ValidationError(
            _("Quelqu’un vient de modifier ce bulletin. Rechargez la page, puis reprenez votre texte."),
            code="changed",
        )
    return fresh


@transaction.atomic
def edit_bulletin(
    bulletin: Bulletin, *, by: Person, title: str, text: str, seen: str | None = None
) -> Bulletin:
    """Change the words of a bulletin in preparation; `seen` is the mark of the text one had before one."""
    _check(bulletin, by, seen)
    values = {"title": _title(title), "text": _text(text)}
    Bulletin.objects.filter(pk=bulletin.pk).update(**values)
    bulletin.title, bulletin.text = values["title"], values["text"]
    return bulletin


def _title(value: str) -> str:
    return line(value, TITLE_MAX, "title", missing=_("Donnez un titre au bulletin."))


def _text(value: str) -> str:
    said = text(value, BULLETIN_MAX, "text", missing=_("Écrivez au moins une phrase."))
    try:
        check(said)
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    return said


@transaction.atomic
def send_bulletin(bulletin: Bulletin, *, by: Person, seen: str | None = None) -> Bulletin:
    """Send a bulletin to every member, as it was read; sent twice, it leaves once."""
    fresh = _check(bulletin, by, seen)
    bulletin.title, bulletin.text = _title(fresh.title), _text(fresh.text)
    sent = _("Ce bulletin est déjà parti.")
    move(bulletin, BulletinState.SENT, since=[BulletinState.DRAFT], sentence=sent, sent_at=clock.now())
    _note("bulletin.sent", bulletin, by)
    return bulletin


@transaction.atomic
def drop_bulletin(bulletin: Bulletin, *, by: Person) -> None:
    """Give up a bulletin in preparation: the next one tells of the same time."""
    _check(bulletin, by, None)
    _note("bulletin.dropped", bulletin, by)
    if not Bulletin.objects.filter(pk=bulletin.pk, state=BulletinState.DRAFT).delete()[0]:
        raise ValidationError(ALREADY_CHANGED, code="changed")


def _note(fact: str, bulletin: Bulletin, by: Person) -> None:
    record(fact, bulletin, by=by, network=bulletin.network, title=bulletin.title)
