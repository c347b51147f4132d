"""What is expected of whom, by when: due dates bind the committee, not those who search during the protected period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.initiatives.access import (
    can_steer,
    in_work_group,
    is_committee,
    may_answer,
    may_search,
    own_of,
)
from reciproque.initiatives.models import (
    ExpectedResult,
    Experiment,
    Frame,
    Obstacle,
    Proposal,
    WorkGroup,
)
from reciproque.initiatives.queries.committee import expected_of
from reciproque.initiatives.rules import ExperimentState, GroupState, ObstacleState, ProposalState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.kit.tokens import new_id
from reciproque.networks.access import is_member
from reciproque.people.models import Person

ZONE = "Europe/Paris"
# What the committee owes in each state, and to whom it answers.
OWED: dict[str, dict[str, Verb]] = {
    "proposal": {
        ProposalState.SUBMITTED: Verb.RESOLVE,
        ProposalState.DEFERRED: Verb.RESOLVE,
        ProposalState.VALIDATED: Verb.CARRY,
    },
    "experiment": {ExperimentState.ASKED: Verb.SUPPORT, ExperimentState.MEASURED: Verb.DECIDE},
    "obstacle": {ObstacleState.OPEN: Verb.LIFT},
}
# The verbs of those who search: nothing of theirs is due during the protected period.
SEARCHING = (Verb.DRAFT, Verb.RUN, Verb.REFRAME)
# What is said to one of the committee who takes no part in an answer.
RECUSED = {
    "proposal": _(
        "Cette proposition est la vôtre, celle de votre groupe, ou l’on vous a proposé de la signer : quelqu’un d’autre "
        "du comité y répond."
    ),
    "experiment": _(
        "C’est votre expérimentation, ou celle de votre groupe : quelqu’un d’autre du comité en décide."
    ),
    "obstacle": _(
        "Cet obstacle est le vôtre, ou celui de votre groupe : quelqu’un d’autre du comité en décide."
    ),
}


def evening_of(day: dt.date) -> dt.datetime:
    """Return the end (18 h) of a day: when what is due on it is due."""
    return dt.datetime.combine(day, dt.time(18), ZoneInfo(ZONE)).astimezone(dt.UTC)


def within(frame: Frame, days: int) -> dt.datetime:
    """Return the end of so many working days from now, in the network's country."""
    return deadline(frame.network, days, clock.now())


def unhurried(frame: Frame, due_at: dt.datetime) -> dt.datetime:
    """Return a due date of those who search: never before the end of the protected period."""
    protected = evening_of(frame.protected_until) if frame.protected_until else due_at
    return max(due_at, protected)


def expect_of_committee(thing: Proposal | Experiment | Obstacle) -> Step | None:
    """Expect of the committee what this thing waits for, by its due date; None when it waits for nothing of it.

    Of its chair; of the next one when it is the chair's own or the chair is away; of the sponsor when it is
    everyone's; of the animation team when there is nobody else.
    """
    verb = OWED[thing.subject_kind].get(thing.state)
    due_at = thing.due_at
    if verb is None or due_at is None:
        return None
    owner = expected_of(thing.frame, own_of(thing))
    steps = Step.objects.about(thing).open().filter(verb=verb)
    stale = steps.exclude(owner=owner) if owner is not None else steps.exclude(owner=None)
    stale.update(state=StepState.RELEASED, closed_at=clock.now())
    kept = steps.filter(owner=owner, due_at=due_at).first()
    if kept is not None:
        return kept
    step = open_step(
        verb, thing, network=thing.frame.network, owner=owner, due_at=due_at, words=title_of(thing)
    )
    # What the committee promised does not move because one of it is away.
    if step.due_at != due_at:
        Step.objects.filter(pk=step.pk).update(due_at=due_at)
        step.due_at = due_at
    return step


def expect(verb: Verb, thing: Proposal | Experiment, owner: Person | None, due_at: dt.datetime, /) -> Step:
    """Expect of somebody who searches, after the protected period; of the animation team when they are gone."""
    network = thing.frame.network
    gone = owner is None or not _is_there(owner, thing.frame)
    if not gone and verb in SEARCHING:
        due_at = unhurried(thing.frame, due_at)
    others = Step.objects.about(thing).open().filter(verb=verb)
    others.exclude(owner=None if gone else owner).update(state=StepState.RELEASED, closed_at=clock.now())
    return open_step(
        verb, thing, network=network, owner=None if gone else owner, due_at=due_at, words=title_of(thing)
    )


def _is_there(person: Person, frame: Frame) -> bool:
    """Whether somebody may still be expected to do something: a member, or one of those who steer."""
    return person.is_active and (is_member(person, frame.network) or can_steer(person, frame))


def hold(frame: Frame) -> None:
    """Take the row of a network for oneself until the end: what its phase allows is what it allows now.

    Call it first in what must not happen once the vote is open or the network over, whatever was read before.
    """
    fresh = Frame.objects.select_for_update().get(pk=frame.pk)
    for name in ("phase", "vote_closes_at", "vote_closed_at", "closed_at"):
        setattr(frame, name, getattr(fresh, name))


def hold_to_search(frame: Frame, by: Person) -> None:
    """Hold a network for somebody who searches in it; refused when the phase it has now does not let them."""
    hold(frame)
    if not may_search(by, frame):
        raise PermissionDenied


def check_answers(thing: Proposal | Experiment | Obstacle, by: Person) -> None:
    """Refuse who does not answer for the committee; one of it who is recused is told why."""
    if may_answer(by, thing):
        return
    if by.pk in own_of(thing) and is_committee(by, thing.frame):
        raise ValidationError(RECUSED[thing.subject_kind], code="recused")
    raise PermissionDenied


def lapse(verb: Verb, limit: int) -> int:
    """Close what was expected by a date that has passed, and has no consequence; return how many."""
    late = Step.objects.overdue(clock.now()).filter(verb=verb).order_by("due_at")
    keys = list(late.values_list("pk", flat=True)[:limit])
    return Step.objects.open().filter(pk__in=keys).update(state=StepState.LAPSED, closed_at=clock.now())


def settle(thing: Any, *verbs: Verb, outcome: str = StepState.DONE) -> None:
    """Close what was expected about a thing: these verbs, or all of them."""
    close_steps(thing, verb=list(verbs) or None, outcome=outcome)


def title_of(thing: Any) -> str:
    """Return what a thing is called in a list of what is expected."""
    return str(getattr(thing, "title", None) or thing.words)[:300]


def note(fact: str, thing: Any, by: Person | None, people: Iterable[Person] = (), /, **data: Any) -> None:
    """Record a fact about a thing of a learning network, and who is to be told of it."""
    frame = thing if isinstance(thing, Frame) else thing.frame
    told = list({person.pk: person for person in people if by is None or person.pk != by.pk}.values())
    if "title" not in data:
        data["title"] = frame.network.name if thing is frame else title_of(thing)
    if told:
        data["to"] = [person.public_id for person in told]
    if by is not None:
        data.setdefault("name", by.display_name)
    record(fact, thing, by=by, network=frame.network, people=told, **data)


# -- what is typed


def line(words: Any, most: int, name: str, *, missing: Any = None) -> str:
    """Return a line as it is kept; refused under its field when it is too long, or `missing` when it is empty."""
    return _checked(" ".join(clean(str(words or "")).split()), most, name, missing)


def text(words: Any, most: int, name: str, *, missing: Any = None) -> str:
    """Return a text as it is kept; refused under its field when it is too long, or `missing` when it is empty."""
    return _checked(clean(str(words or "")).strip(), most, name, missing)


def _checked(words: str, most: int, name: str, missing: Any) -> str:
    if missing is not None and not words:
        raise ValidationError({name: missing})
    if len(words) > most:
        raise ValidationError({name: _("C’est trop long : %(n)s caractères au plus.") % {"n": most}})
    return words


def choice(value: Any, choices: Any, name: str, *, blank: bool = False) -> str:
    """Return one of the choices; refused under its field otherwise."""
    value = str(value or "")
    if value not in choices.values and not (blank and not value):
        raise ValidationError({name: _("Choisissez dans la liste.")})
    return value


def check_member(person: Person, frame: Frame, name: str = "person") -> Person:
    """Refuse somebody who is not of the network, or has left."""
    if not person.is_active or not is_member(person, frame.network):
        raise ValidationError({name: _("Cette personne ne fait pas partie du réseau.")})
    return person


def check_of_frame(frame: Frame, **things: Any) -> None:
    """Refuse, under its field, what belongs to another learning network."""
    for name, thing in things.items():
        if thing is not None and thing.frame_id != frame.pk:
            raise ValidationError({name: _("Choisissez dans la liste.")})


def check_known(fields: Iterable[str], known: Iterable[str]) -> None:
    """Refuse fields that nobody reads: a caller that misspells one is told at once."""
    if unknown := set(fields) - set(known):
        raise TypeError(f"unknown fields: {sorted(unknown)}")


def theme_of(frame: Frame, public_id: str) -> ExpectedResult | None:
    """Return the theme of work at this identifier, None when none is given; refused when it is not one of them."""
    if not public_id:
        return None
    theme = frame.results.filter(public_id=public_id, is_theme=True, withdrawn_at=None).first()
    if theme is None:
        raise ValidationError({"theme": _("Choisissez parmi les thèmes du réseau.")})
    return theme


def once(key: str) -> str:
    """Return the key of what is written once however often it is sent; without one, each time is another."""
    return clean(key)[:32] or new_id()


def members_of(group: WorkGroup | None) -> list[Person]:
    """Return who is of a working group today; nobody when there is no group."""
    if group is None:
        return []
    rows = group.members.filter(left_at=None, person__is_active=True).select_related("person")
    return [row.person for row in rows]


def check_own_group(group: WorkGroup | None, by: Person, name: str = "group") -> None:
    """Refuse to write in the name of a group that one is not of, or that has ended."""
    if group is not None and not in_work_group(by, group):
        raise ValidationError({name: _("Choisissez un groupe dont vous êtes.")})
    if group is not None and group.state == GroupState.ENDED:
        raise ValidationError({name: _("Ce groupe a terminé son travail.")})


def today() -> dt.date:
    """Return the day it is, where deadlines are counted."""
    return clock.now().astimezone(ZoneInfo(ZONE)).date()
