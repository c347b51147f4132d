"""Who facilitates a group: named from the pool, from outside its members' lines; and what when they cannot go on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.models import Meeting
from reciproque.agenda.rules import MeetingState, Verb
from reciproque.circles.access import (
    can_choose,
    can_find_facilitator,
    is_facilitator,
    report_is_due,
    shares,
)
from reciproque.circles.actions.attending import hand_sessions
from reciproque.circles.actions.noting import MINE, expect, expect_lead, lock, note, people_of, words
from reciproque.circles.actions.seats import release
from reciproque.circles.models import Circle, GroupCharter, Waiver
from reciproque.circles.queries.lines import in_line_with
from reciproque.circles.queries.making import facilitators_for
from reciproque.circles.rules import LINE_MAX, LIVE_SEATS, PLEDGE_DAYS, SUDDEN, WaiverKind
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.people.models import Person

NOT_THIS_ONE = _("Cette personne ne peut pas faciliter ce groupe-ci : choisissez quelqu’un d’autre.")


@transaction.atomic
def name_facilitator(circle: Circle, *, by: Person, person: Person, reason: str = "") -> Circle:
    """Entrust a group to someone of the pool; `reason` waives, when it must be, that they are of a member's line."""
    if not can_find_facilitator(by, circle):
        raise PermissionDenied
    lock(circle)
    if circle.facilitator_id == person.pk:
        return _keep(circle, by, reason)
    return _entrust(circle, by=by, person=person, reason=reason)


@transaction.atomic
def step_down(circle: Circle, *, by: Person, instead: Person | None = None, reason: str = "") -> Circle:
    """Stop facilitating, at once, without saying why.

    Another one of the pool goes on (`reason`: why, though of a member's line); else the group is told, and whoever
    opened it is expected to find someone.
    """
    if not is_facilitator(by, circle) or (circle.is_over and not report_is_due(circle)):
        raise PermissionDenied
    lock(circle)
    if instead is not None:
        return _entrust(circle, by=by, person=instead, reason=reason)
    return vacate(circle, by=by)


def _keep(circle: Circle, by: Person, reason: str) -> Circle:
    """Let the facilitator go on though of a member's line, with a reason; they do not judge of it themselves."""
    guide = circle.facilitator
    if guide is None or by.pk == guide.pk or not reason.strip():
        return circle
    if _waive_line(circle, by, guide, reason):
        note("circle.waived", circle, circle, by=by)
    if close_steps(circle, verb=Verb.LEAD) and circle.began_at is None:
        _expect_signature(circle, guide)
    return circle


def _entrust(circle: Circle, *, by: Person, person: Person, reason: str) -> Circle:
    possible = {row.person.pk: row for row in facilitators_for(circle.network, circle)}
    row = possible.get(person.pk)
    if row is None:
        raise ValidationError(
            _("On choisit quelqu’un de l’équipe d’appui qui accepte de faciliter des groupes.")
        )
    if (row.why_not or row.needs_reason) and not (can_choose(by, circle) or shares(by, circle)):
        # The same words whatever the cause, and no reason sets it aside: either would tell who sits in the group.
        outside = facilitators_for(circle.network, circle, known=False)
        row = next(one for one in outside if one.person.pk == person.pk)
        raise ValidationError(row.why_not or NOT_THIS_ONE)
    if row.why_not:
        raise ValidationError(row.why_not)
    if row.needs_reason and not reason.strip():
        raise ValidationError({"reason": row.needs_reason})
    if row.needs_reason and by.pk == person.pk:
        raise ValidationError(MINE)
    # What was written about the former facilitator does not hold for this one.
    circle.waivers.filter(kind=WaiverKind.FACILITATOR).delete()
    if row.needs_reason:
        _waive_line(circle, by, person, reason)
    former = circle.facilitator
    _replace(circle, former, person)
    if former is not None:
        release(circle, former)
    close_steps(circle, verb=Verb.LEAD)
    if circle.constituted_at is not None:
        if not circle.is_over:
            _expect_signature(circle, person)
        hand_sessions(circle, former=former, person=person)
    note(
        "facilitator.named",
        circle,
        circle,
        by=by,
        people=[person],
        who=person.public_id,
        instead_of=former.public_id if former else "",
        sudden=_is_sudden(circle),
    )
    return circle


def _replace(circle: Circle, former: Person | None, person: Person | None) -> None:
    """Change who facilitates, if it is still who it was."""
    if not Circle.objects.filter(pk=circle.pk, facilitator=former).update(facilitator=person):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    circle.facilitator = person


def _waive_line(circle: Circle, by: Person, person: Person, reason: str) -> bool:
    """Write why this person facilitates though in the line of members, beside each of these; False when it was."""
    sentence = _("Dites pourquoi, en une phrase : les membres du groupe la liront.")
    reason = words(reason, "reason", sentence, most=LINE_MAX, least=3)
    live = circle.seats.filter(state__in=LIVE_SEATS).values_list("person_id", flat=True)
    written = circle.waivers.filter(kind=WaiverKind.FACILITATOR).values_list("person_id", flat=True)
    about = set(in_line_with(person.pk, live)) - set(written)
    Waiver.objects.bulk_create(
        [
            Waiver(
                circle=circle,
                kind=WaiverKind.FACILITATOR,
                person_id=pk,
                reason=reason,
                by=by,
                at=clock.now(),
            )
            for pk in sorted(about)
        ]
    )
    return bool(about)


def _is_sudden(circle: Circle) -> bool:
    """Tell whether a session is so near that the group must be told at once."""
    soon = clock.now() + SUDDEN
    meetings = Meeting.objects.filter(pk__in=circle.sessions.values("meeting"), state=MeetingState.FIXED)
    return meetings.filter(starts_at__gte=clock.now(), starts_at__lte=soon).exists()


def _expect_signature(circle: Circle, person: Person) -> None:
    """Expect of a new facilitator that they sign the charter, or write it."""
    charter = GroupCharter.objects.filter(circle=circle).order_by("-version").first()
    if charter is None or not charter.signatures.filter(person=person).exists():
        expect(Verb.PLEDGE, circle, person, PLEDGE_DAYS)


def vacate(circle: Circle, *, by: Person | None) -> Circle:
    """Leave a group without a facilitator: its members are told, who opened it (or the team) finds another one."""
    former = circle.facilitator
    if former is None:
        return circle
    _replace(circle, former, None)
    release(circle, former)
    if circle.constituted_at is not None:
        hand_sessions(circle, former=former, person=None)
        expect_lead(circle, but=former)
    # What is left of a group that is over is the review of its deciders: its members wait for nothing.
    people = [*(people_of(circle) if not circle.is_over else []), circle.opened_by]
    note("facilitator.left", circle, circle, by=by, people=people, sudden=_is_sudden(circle))
    return circle
