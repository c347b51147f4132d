"""What may leave a group: asked of each member, refused in silence, taken back at will.

Nobody reads who refused or did not answer, and nothing lets it be counted: whatever was answered, what not everyone
agreed to stays in the group at its deadline, not before; and nobody is named as the last to agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.circles.access import is_facilitator, shares
from reciproque.circles.actions.noting import lock, note
from reciproque.circles.models import Agreement, Circle, DeciderReport, Outing, Seat
from reciproque.circles.rules import ALIVE, LINE_MAX, CircleState, OutingKind, OutingState, SeatState
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.library import actions as library
from reciproque.library.actions.drafts import clean_fields
from reciproque.library.models import Sheet
from reciproque.library.rules import (
    NAME_MAX,
    PARTS_OF,
    OriginKind,
    SheetState,
    check_complete,
    clean_title,
)
from reciproque.people.models import Person

AGREE_DAYS = 10
MOST_LINES = 30
MADE = [*ALIVE, CircleState.CLOSED]
OTHER_SAVED = _("Quelqu’un a enregistré la fiche pendant que vous écriviez : voici les deux textes.")
OTHER_TEXT = _("Le texte a changé depuis la question : relisez-le avant de répondre.")


# -- asking ---------------------------------------------------------------------------------------------------


def digest_of(sheet: Sheet) -> str:
    """Return the print of all that a sheet would publish: another text is another question."""
    values = {
        name: getattr(sheet, name) for name in ("kind", "title", *PARTS_OF[sheet.kind], "link", "serves")
    }
    values["trade"] = sheet.trade.name if sheet.trade else ""
    values["topics"] = sorted(topic.name for topic in sheet.topics.all())
    values["files"] = [[file.name, file.stored] for file in sheet.files.all()]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _asked_about(circle: Circle) -> list[Person]:
    """Return whose agreement is needed: all who sat in the group since it was made, whenever a text was begun.

    What is told may always have been said while they were there, and a text written anew undoes no refusal.
    """
    sat = [SeatState.SEATED, SeatState.LEFT]
    seats = Seat.objects.filter(circle=circle, state__in=sat, person__is_active=True).select_related("person")
    return list({seat.person_id: seat.person for seat in seats.order_by("pk")}.values())


def _refused_for_good(circle: Circle, sheet: Sheet | None, digest: str) -> set[int]:
    """Return who said no to this sheet, or to these very words, and can be asked no more."""
    same = Q(outing__digest=digest) | (Q(outing__sheet=sheet) if sheet is not None else Q())
    rows = Agreement.objects.filter(same, outing__circle=circle, agrees=False, person__is_active=False)
    return set(rows.values_list("person_id", flat=True))


@transaction.atomic
def propose_sheet(sheet: Sheet, *, by: Person) -> Outing:
    """Ask each member whether a sheet of the group may be published; asked twice, it is one question."""
    circle = (
        Circle.objects.filter(public_id=sheet.origin_id).select_related("network", "facilitator").first()
        if sheet.origin_kind == OriginKind.CIRCLE
        else None
    )
    if circle is None or not shares(by, circle):
        raise PermissionDenied
    lock(circle)
    sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    asked = Outing.objects.filter(sheet=sheet, state__in=[OutingState.ASKED, OutingState.AGREED]).first()
    if asked is not None:
        return asked
    if sheet.state != SheetState.DRAFT or circle.state not in MADE:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    clean_title(sheet.title)
    values = {name: getattr(sheet, name) for name in (*PARTS_OF[sheet.kind], "link")}
    clean_fields(sheet.kind, values, whole=True)
    check_complete(sheet.kind, values, files=sheet.files.filter(kind__in=["audio", "video"]).count())
    return _ask(circle, by, OutingKind.SHEET, sheet=sheet, digest=digest_of(sheet))


@transaction.atomic
def propose_line(circle: Circle, *, by: Person, words: str) -> Outing:
    """Ask each member whether a line may be told to the deciders; the same line proposed twice is one question."""
    if not shares(by, circle):
        raise PermissionDenied
    lock(circle)
    if circle.state not in MADE:
        raise ValidationError(_("Ce groupe ne prépare plus de bilan."))
    if DeciderReport.objects.filter(circle=circle).exists():
        raise ValidationError(_("Le bilan aux décideurs est déjà envoyé."))
    line = " ".join(clean(words).split())
    if not line or len(line) > LINE_MAX:
        raise ValidationError({"words": _("Écrivez une ligne, de 300 signes au plus.")})
    lines = Outing.objects.filter(circle=circle, kind=OutingKind.LINE)
    same = lines.filter(words=line, state__in=[OutingState.ASKED, OutingState.AGREED]).first()
    if same is not None:
        return same
    if lines.filter(state__in=[OutingState.ASKED, OutingState.AGREED]).count() >= MOST_LINES:
        raise ValidationError(_("Trente lignes au plus : un bilan court se lit."))
    digest = hashlib.sha256(line.encode()).hexdigest()
    return _ask(circle, by, OutingKind.LINE, words=line, digest=digest)


def _ask(circle: Circle, by: Person, kind: str, **fields: Any) -> Outing:
    people = _asked_about(circle)
    if not people:
        raise ValidationError(_("Il n’y a personne à qui poser la question."))
    now = clock.now()
    try:
        with transaction.atomic():
            outing = Outing.objects.create(
                circle=circle,
                kind=kind,
                asked_by=by,
                asked_at=now,
                closes_at=deadline(circle.network, AGREE_DAYS, now),
                **fields,
            )
    except IntegrityError as error:
        # Proposed by two members at the same instant.
        existing = Outing.objects.filter(sheet=fields.get("sheet"), state=OutingState.ASKED).first()
        if existing is None:
            raise ValidationError(ALREADY_CHANGED, code="changed") from error
        return existing
    Agreement.objects.bulk_create([Agreement(outing=outing, person=person) for person in people])
    refused = _refused_for_good(circle, outing.sheet, outing.digest)
    Agreement.objects.bulk_create(
        [Agreement(outing=outing, person_id=pk, agrees=False, answered_at=now) for pk in sorted(refused)]
    )
    _expect(outing, people)
    note("outing.asked", outing, circle, by=by, people=people, kind=kind)
    return outing


def _expect(outing: Outing, people: Iterable[Person]) -> None:
    for person in people:
        open_step(
            Verb.AGREE,
            outing,
            network=outing.circle.network,
            owner=person,
            due_at=outing.closes_at,
            words=outing.circle.title,
        )


def refresh(outing: Outing) -> bool:
    """Ask everyone again when the text is no longer the one they were asked about; True when it was so."""
    sheet = outing.sheet
    if sheet is None or outing.state != OutingState.ASKED or sheet.state != SheetState.DRAFT:
        return False
    digest = digest_of(Sheet.objects.get(pk=sheet.pk))
    if digest == outing.digest:
        return False
    circle = outing.circle
    now = clock.now()
    outing.digest, outing.closes_at = digest, deadline(circle.network, AGREE_DAYS, now)
    outing.save(update_fields=["digest", "closes_at"])
    # Who sits in the group by now is asked too.
    asked = set(outing.agreements.values_list("person_id", flat=True))
    people = {person.pk: person for person in _asked_about(circle)}
    Agreement.objects.bulk_create(
        [Agreement(outing=outing, person=people[pk]) for pk in sorted(set(people) - asked)]
    )
    outing.agreements.filter(person__is_active=True).update(agrees=None, answered_at=None)
    close_steps(outing, verb=Verb.AGREE, outcome=StepState.RELEASED)
    everyone = _people_asked(outing)
    _expect(outing, everyone)
    note("outing.asked", outing, circle, by=None, people=everyone, kind=outing.kind, again=True)
    return True


def _needed(outing: Outing) -> list[Agreement]:
    """Return the agreements without which nothing leaves: of all those asked who are still of the organisation.

    Who left it is waited for no more, but the no they said stands.
    """
    needed = Q(person__is_active=True) | Q(agrees=False)
    return list(outing.agreements.filter(needed).select_related("person").order_by("pk"))


def _people_asked(outing: Outing) -> list[Person]:
    return [row.person for row in _needed(outing) if row.person.is_active]


@transaction.atomic
def join_outings(circle: Circle, person: Person) -> None:
    """Ask someone who takes a seat about what is being asked: they sit, read and write with the others."""
    asked = Outing.objects.filter(circle=circle, state=OutingState.ASKED, closes_at__gt=clock.now())
    for row in asked.order_by("sheet", "pk"):
        outing = locked(row)
        if outing.state != OutingState.ASKED:
            continue
        mine, created = Agreement.objects.get_or_create(outing=outing, person=person)
        if created:
            note("outing.asked", outing, circle, by=None, people=[person], kind=outing.kind)
        if mine.answered_at is None:
            _expect(outing, [person])


# -- answering ------------------------------------------------------------------------------------------------


def locked(outing: Outing) -> Outing:
    """Read an outing again, one gesture at a time: of two who agree at once, one is the last.

    Its sheet is locked first, as by whoever writes it: what is agreed to is what is read under that lock.
    """
    if outing.sheet_id is not None:
        list(Sheet.objects.select_for_update().filter(pk=outing.sheet_id).values_list("pk"))
    rows = Outing.objects.select_for_update(of=("self",))
    return rows.select_related("circle__network", "circle__facilitator", "sheet", "asked_by").get(
        pk=outing.pk
    )


def answer_outing(
    outing: Outing,
    *,
    by: Person,
    agrees: bool,
    signs: bool = False,
    name: str = "",
    digest: str = "",
) -> Agreement:
    """Say whether one agrees, and under which name one signs; the answer may change until everyone agrees.

    `digest` is that of the text on the screen: an answer is never given to another one.
    """
    with transaction.atomic():
        now = locked(outing)
        if not refresh(now):
            return _answer(now, by, agrees=agrees, signs=signs, name=name, digest=digest)
    # That everyone is asked again is kept.
    raise ValidationError(OTHER_TEXT, code="changed")


def _answer(outing: Outing, by: Person, *, agrees: bool, signs: bool, name: str, digest: str) -> Agreement:
    mine = Agreement.objects.filter(outing=outing, person=by).first()
    if mine is None or not by.is_active:
        raise PermissionDenied
    if outing.state == OutingState.AGREED and agrees:
        return mine
    if outing.state != OutingState.ASKED or (outing.closes_at <= clock.now() and mine.agrees is not agrees):
        raise ValidationError(_("Cette question est close : rien n’en sort désormais."), code="changed")
    if digest and digest != outing.digest:
        raise ValidationError(OTHER_TEXT, code="changed")
    mine.agrees, mine.answered_at = agrees, clock.now()
    mine.signs = agrees and signs and outing.kind == OutingKind.SHEET
    mine.name = " ".join(clean(name).split()) if mine.signs else ""
    if len(mine.name) > NAME_MAX:
        raise ValidationError({"name": _("Ce nom est trop long : 80 signes au plus.")})
    mine.save(update_fields=["agrees", "answered_at", "signs", "name"])
    close_steps(outing, verb=Verb.AGREE, owner=by)
    _agree_if_all_do(outing)
    return mine


def _agree_if_all_do(outing: Outing) -> bool:
    """Let out what everyone agreed to, in the same transaction as the last agreement."""
    needed = _needed(outing)
    if not needed or any(row.agrees is not True for row in needed):
        return False
    move(outing, OutingState.AGREED, since=[OutingState.ASKED], settled_at=clock.now())
    close_steps(outing, verb=Verb.AGREE, outcome=StepState.RELEASED)
    if outing.sheet is not None:
        names = {row.person_id: row.name for row in needed if row.signs}
        # Nobody did it: the last to agree is nobody's business, nor who proposed it and does not sign.
        library.publish_sheet(outing.sheet, by=None, agreed=True, names=names)
    _tell("outing.agreed", outing)
    return True


def _tell(name: str, outing: Outing) -> None:
    note(name, outing, outing.circle, by=None, people=_people_asked(outing), kind=outing.kind)


@transaction.atomic
def take_back_outing(outing: Outing, *, by: Person) -> Outing:
    """Take one's agreement back once something has left the group; or, before, what one proposed oneself."""
    outing = locked(outing)
    mine = Agreement.objects.filter(outing=outing, person=by).exists()
    proposed = outing.asked_by_id == by.pk or is_facilitator(by, outing.circle)
    if not by.is_active or not (mine or (proposed and outing.state == OutingState.ASKED)):
        raise PermissionDenied
    if outing.state == OutingState.TAKEN_BACK:
        return outing
    if outing.state == OutingState.ASKED and not proposed:
        raise ValidationError(
            _("Tant que la question est posée, répondez-y : sans votre accord, rien ne sort du groupe.")
        )
    if outing.state == OutingState.KEPT:
        raise ValidationError(_("Cela reste déjà dans le groupe."))
    was_out = outing.state == OutingState.AGREED
    _take_back(outing)
    if was_out:
        # Should they leave for good, these words stay refused.
        Agreement.objects.filter(outing=outing, person=by).update(agrees=False)
    if was_out and outing.sheet is not None and outing.sheet.state == SheetState.PUBLISHED:
        library.withdraw_sheet(outing.sheet, by=None, agreed=True)
    return outing


def _take_back(outing: Outing) -> None:
    was_out = outing.state == OutingState.AGREED
    move(
        outing,
        OutingState.TAKEN_BACK,
        since=[OutingState.ASKED, OutingState.AGREED],
        settled_at=clock.now(),
    )
    close_steps(outing, verb=Verb.AGREE, outcome=StepState.RELEASED)
    if outing.kind == OutingKind.LINE:
        # Told already: it is no longer to be read in the report.
        for report in DeciderReport.objects.filter(circle=outing.circle):
            report.lines = [line for line in report.lines if line != outing.words]
            report.save(update_fields=["lines"])
    # A question given up takes back nothing: nothing had left.
    _tell("outing.taken" if was_out else "outing.dropped", outing)


def keep_outings(circle: Circle, *, kind: str = "", told: bool = True) -> None:
    """Keep in the group what is still being asked (of one kind, or all): it is too late to let it out."""
    asked = Outing.objects.filter(circle=circle, state=OutingState.ASKED)
    if kind:
        asked = asked.filter(kind=kind)
    for row in asked.order_by("sheet", "pk"):
        outing = locked(row)
        if outing.state == OutingState.ASKED:
            _keep(outing, StepState.RELEASED, told=told)


def _keep(outing: Outing, outcome: str, *, told: bool = True) -> None:
    move(outing, OutingState.KEPT, since=[OutingState.ASKED], settled_at=clock.now())
    close_steps(outing, verb=Verb.AGREE, outcome=outcome)
    if told:
        _tell("outing.kept", outing)


@transaction.atomic
def note_sheet_gone(sheet: Sheet) -> None:
    """Take note that a sheet of a group was taken back from the library itself: by one of its authors, or an animator."""
    outings = Outing.objects.filter(sheet=sheet, state=OutingState.AGREED)
    for outing in outings.select_related("circle__network", "circle__facilitator", "asked_by"):
        _take_back(outing)


# -- by the clock ---------------------------------------------------------------------------------------------


def settle_outings(limit: int = 200) -> int:
    """Keep in the group what not everyone agreed to in time; return how many were settled (by the clock).

    What waited only for someone who has left the organisation leaves, at its deadline: not before, or the day
    would tell that nobody else was awaited.
    """
    rows = Outing.objects.filter(closes_at__lte=clock.now(), state=OutingState.ASKED)
    done = 0
    for outing in rows.order_by("closes_at", "pk")[:limit]:
        try:
            done += _settle(outing)
        except ValidationError:
            continue  # answered at the same instant
    return done


@transaction.atomic
def _settle(outing: Outing) -> bool:
    outing = locked(outing)
    if outing.state != OutingState.ASKED or refresh(outing):
        return False
    if _agree_if_all_do(outing):
        return True
    if outing.closes_at > clock.now():
        return False
    _keep(outing, StepState.LAPSED)
    return True
