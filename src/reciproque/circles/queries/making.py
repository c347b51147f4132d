"""What those who make a group read: candidates, what the method asks for, who may facilitate."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.circles.access import can_choose, shares
from reciproque.circles.models import Circle, Decider, Seat, Waiver
from reciproque.circles.queries.lines import managers_above
from reciproque.circles.rules import (
    ABOUT_SOMEONE,
    LIVE_SEATS,
    OVER,
    SEATS_LEAST,
    SEATS_MOST,
    CircleState,
    SeatState,
    WaiverKind,
    functions_in,
    same_function,
)
from reciproque.networks.models import Network, PoolMember
from reciproque.networks.queries import pool_of
from reciproque.networks.rules import Ability
from reciproque.people.models import Person

NOBODY = "nobody"


@dataclasses.dataclass(frozen=True)
class Problem:
    """A rule of the method that a group does not keep, in words, and who may decide to go on all the same."""

    # A value of rules.WaiverKind, or "nobody" when no facilitator is named (which cannot be waived).
    kind: str
    sentence: str
    who: str
    # About whom, for a waiver about one person: pass it to `waive`.
    person: Person | None = None
    waiver: Waiver | None = None

    @property
    def settled(self) -> bool:
        """Whether someone waived it."""
        return self.waiver is not None

    @property
    def can_be_waived(self) -> bool:
        """Whether a reason is enough to go on all the same."""
        return self.kind in WaiverKind.values


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Someone who applies, as those who make the group see them; `lines` says what to look at."""

    seat: Seat
    same_function: bool
    lines: list[str]


@dataclasses.dataclass(frozen=True)
class Constitution:
    """Where the making of a group is. `candidates` and `waiting` are empty for who may not read them."""

    count: int
    waiting_count: int
    candidates: list[Candidate]
    waiting: list[Candidate]
    problems: list[Problem]
    # How many candidates each site has: a mix is worth more than one place alone.
    sites: list[tuple[str, int]]
    readable: bool

    @property
    def ready(self) -> bool:
        """Whether nothing is in the way any more."""
        return all(problem.settled for problem in self.problems)


@dataclasses.dataclass(frozen=True)
class PossibleFacilitator:
    """Someone of the pool: how many groups they hold, and why they cannot, or only with a reason."""

    member: PoolMember
    person: Person
    load: int
    # How many groups they led to their end.
    finished: int
    why_not: str
    needs_reason: str


@dataclasses.dataclass(frozen=True)
class Need:
    """The need of a group: who specified it, and what it does not say yet ({argument: sentence})."""

    deciders: list[Decider]
    missing: dict[str, str]


def need_of(circle: Circle) -> Need:
    """Return with whom the need was specified and what is missing before the call."""
    deciders = list(circle.deciders.select_related("person"))
    missing = {}
    if not circle.aims:
        missing["aims"] = _("Dites ce que le groupe cherche.")
    if not circle.specified_with and not deciders:
        missing["specified_with"] = _("Dites avec qui le besoin a été précisé.")
    if not circle.allowance:
        missing["allowance"] = _("Écrivez le temps que les décideurs accordent aux membres.")
    if not circle.told or not circle.untold:
        missing["told"] = _("Écrivez ce que les décideurs sauront du groupe, et ce qu’ils ne sauront pas.")
    if not functions_in(circle.functions):
        missing["functions"] = _("Dites à quelles fonctions le groupe s’adresse.")
    return Need(deciders, missing)


def problems_with(circle: Circle, seats: Sequence[Seat]) -> list[Problem]:
    """Return what the method asks for and these seats (people loaded) do not give, in words, the general first."""
    waivers = {(waiver.kind, waiver.person_id): waiver for waiver in circle.waivers.all()}

    def problem(kind: str, sentence: str, person: Person | None = None) -> Problem:
        about = waivers.get((kind, person.pk)) if person else None
        # A reason about one person does not hold for all: who comes into a line later is looked at then.
        general = waivers.get((kind, None)) if kind not in ABOUT_SOMEONE else None
        who = _who_finds(circle) if kind == WaiverKind.FACILITATOR else who_decides(circle)
        return Problem(kind, sentence, who, person, about or general)

    found = []
    if len(seats) < SEATS_LEAST:
        lacking = SEATS_LEAST - len(seats)
        sentence = ngettext(
            "Il manque une personne pour être cinq : à moins, chacun se sent obligé de parler.",
            "Il manque %(count)s personnes pour être cinq : à moins, chacun se sent obligé de parler.",
            lacking,
        )
        found.append(problem(WaiverKind.FEW, sentence % {"count": lacking}))
    if len(seats) > SEATS_MOST:
        found.append(problem(WaiverKind.MANY, _("À plus de dix, tous ne pourront pas apporter leur sujet.")))
    if circle.facilitator is None:
        found.append(Problem(NOBODY, _("Personne ne facilite encore le groupe."), who_decides(circle)))
    people = {seat.person_id: seat.person for seat in seats}
    guide = circle.facilitator
    lines = managers_above([*people, *([guide.pk] if guide else [])])
    for pk, person in people.items():
        for manager in [people[above] for above in lines[pk] if above in people][:1]:
            words = _("%(manager)s est dans la ligne hiérarchique de %(person)s.")
            found.append(
                problem(WaiverKind.REPORTING, words % {"manager": manager, "person": person}, person)
            )
        if guide is not None and (guide.pk in lines[pk] or pk in lines[guide.pk]):
            words = _("%(guide)s, qui facilite, et %(person)s sont de la même ligne hiérarchique.")
            found.append(problem(WaiverKind.FACILITATOR, words % {"guide": guide, "person": person}, person))
    deciding = set(circle.deciders.filter(person__in=[*people]).values_list("person", flat=True))
    for pk in people:
        if pk in deciding:
            words = _("%(person)s est de ceux qui décident du groupe et recevront son bilan.")
            found.append(problem(WaiverKind.DECIDER, words % {"person": people[pk]}, people[pk]))
    wanted = functions_in(circle.functions)
    for person in people.values():
        if not same_function(person.function, wanted):
            sentence = (
                _("%(person)s est « %(function)s » : le groupe s’adresse à d’autres fonctions.")
                if person.function
                else _("L’annuaire ne dit pas quelle est la fonction de %(person)s.")
            ) % {"person": person, "function": person.function}
            found.append(problem(WaiverKind.FUNCTION, sentence, person))
    return found


def _who_finds(circle: Circle) -> str:
    """Return who judges of a facilitator of a member's line: never the facilitator."""
    if circle.opened_by_id == circle.facilitator_id:
        return _("L’équipe d’animation du réseau.")
    return _("%(name)s, ou l’équipe d’animation du réseau.") % {"name": circle.opened_by}


def who_decides(circle: Circle) -> str:
    """Return who may set a rule of the method aside for this group, in words."""
    guide = circle.facilitator
    if circle.constituted_at is not None:
        if guide is None:
            return _("La personne qui facilitera le groupe, une fois trouvée.")
        return _("%(name)s, qui facilite le groupe, avec ses membres.") % {"name": guide}
    names = {person.pk: str(person) for person in (circle.opened_by, guide) if person is not None}
    return _("%(names)s, en disant pourquoi : chaque membre lira cette raison.") % {
        "names": _(" ou ").join(names.values())
    }


def constitution(circle: Circle, viewer: Person | None = None) -> Constitution:
    """Return the candidates, the problems in words and who decides.

    Read as an animator who does not make the group, it counts and says nothing of anyone.
    """
    readable = viewer is None or can_choose(viewer, circle) or shares(viewer, circle)
    now = SeatState.SEATED if circle.constituted_at else SeatState.APPLIED
    rows = circle.seats.filter(state__in=[now, SeatState.WAITING])
    rows = rows.select_related("person__site", "person__unit")
    seats = [seat for seat in rows if seat.state == now]
    waiting = [seat for seat in rows if seat.state == SeatState.WAITING]
    problems = problems_with(circle, seats)
    if not readable:
        general = [problem for problem in problems if problem.person is None]
        return Constitution(len(seats), len(waiting), [], [], general, [], readable=False)
    wanted = functions_in(circle.functions)
    about: dict[int, list[str]] = {}
    for problem in problems:
        if problem.person is not None and problem.kind != WaiverKind.FUNCTION:
            about.setdefault(problem.person.pk, []).append(problem.sentence)
    sites = Counter(seat.person.site.name if seat.person.site else _("sans site") for seat in seats)
    return Constitution(
        count=len(seats),
        waiting_count=len(waiting),
        candidates=[_candidate(seat, wanted, about) for seat in seats],
        waiting=[_candidate(seat, wanted, about) for seat in waiting],
        problems=problems,
        sites=sorted(sites.items(), key=lambda pair: (-pair[1], pair[0])),
        readable=True,
    )


def _candidate(seat: Seat, wanted: list[str], about: dict[int, list[str]]) -> Candidate:
    return Candidate(seat, same_function(seat.person.function, wanted), about.get(seat.person_id, []))


def facilitators_for(network: Network, circle: Circle, *, known: bool = True) -> list[PossibleFacilitator]:
    """Return who of the pool may facilitate this group: those who can first, the least busy first.

    Not `known` by the reader who sits in it, nothing is said that would tell: neither who of the pool does, nor
    who is of a member's line.
    """
    pool = [row for row in pool_of(network) if Ability.FACILITATE in row.abilities]
    held = (
        Circle.objects.alive()
        .filter(network=network, facilitator__in=[row.person_id for row in pool])
        .exclude(pk=circle.pk)
        .order_by()
        .values_list("facilitator")
        .annotate(n=Count("pk"))
    )
    loads = dict(held)
    done = (
        Circle.objects.filter(state=CircleState.CLOSED, network=network)
        .filter(facilitator__in=[row.person_id for row in pool])
        .order_by()
        .values_list("facilitator")
        .annotate(n=Count("pk"))
    )
    finished = dict(done)
    live = set(circle.seats.filter(state__in=LIVE_SEATS).values_list("person_id", flat=True))
    lines = managers_above([*live, *(row.person_id for row in pool)])
    found = []
    for row in pool:
        pk, load = row.person_id, loads.get(row.person_id, 0)
        why_not = needs_reason = ""
        in_line = any(pk in lines[one] or one in lines[pk] for one in live)
        # The same words whether they are of a member's line or silent: the first would tell who sits in the group.
        if pk == circle.facilitator_id and circle.constituted_at is not None and (in_line or not known):
            needs_reason = _("Facilite déjà ce groupe : dites pourquoi le lui laisser.")
        elif pk == circle.facilitator_id:
            why_not = _("Facilite déjà ce groupe.")
        elif known and pk in live:
            why_not = _("A demandé une place dans le groupe, ou y siège : on le facilite du dehors.")
        elif load >= row.at_most:
            why_not = ngettext(
                "Facilite déjà un groupe : c’est le plus qui lui convient.",
                "Facilite déjà %(count)s groupes : c’est le plus qui lui convient.",
                load,
            ) % {"count": load}
        elif known and in_line:
            needs_reason = _(
                "Est de la ligne hiérarchique de quelqu’un du groupe : seulement avec une raison."
            )
        found.append(PossibleFacilitator(row, row.person, load, finished.get(pk, 0), why_not, needs_reason))
    return sorted(found, key=lambda one: (bool(one.why_not), bool(one.needs_reason), one.load))


def load_of(person: Person, network: Network) -> int:
    """Return how many groups this person facilitates in the network."""
    return Circle.objects.filter(network=network, facilitator=person).exclude(state__in=OVER).count()
