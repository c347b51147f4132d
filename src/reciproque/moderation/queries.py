"""What the pages of moderation show: whom one may turn to, one's reports, the queue of who handles them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Count, Q

from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.access import audience_of
from reciproque.exchanges.models import Exchange, Introduction, Review, ThreadMessage
from reciproque.exchanges.rules import CHOSEN, Audience
from reciproque.moderation.models import Appeal, Decision, Report
from reciproque.moderation.rules import (
    AppealState,
    Candidate,
    Kind,
    ReportState,
    by_load,
    may_handle,
    possible_decisions,
)
from reciproque.networks.access import accompanies
from reciproque.networks.models import Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.models import Person

# Messages shown around the one reported, on either side: what it answered, what it brought.
AROUND = 2


def reporters_of(kind: str, subject_id: str) -> set[int]:
    """Return those who reported the same words or conduct, then or before: they do not judge of it."""
    rows = Report.objects.filter(kind=kind, subject_id=subject_id).order_by()
    return set(rows.values_list("reporter", flat=True))


def administrators(
    people: Sequence[Person], *, kind: str, subject_id: str, but: Collection[int] = ()
) -> list[Person]:
    """Return the administrators who may answer a report about and by these people.

    Never one of them. Neither the manager of one of them nor who reported the same, unless nobody else is left.
    """
    concerned = {*but, *(person.pk for person in people)}
    there = Person.objects.present().filter(is_superuser=True).exclude(pk__in=concerned).order_by("pk")
    bound = {person.manager_id for person in people} | reporters_of(kind, subject_id)
    able = list(there)
    return [person for person in able if person.pk not in bound] or able


def administrators_of(report: Report, *, but: Collection[int] = ()) -> list[Person]:
    """Return the administrators who may answer a report, or an appeal about it."""
    people = [report.about, report.reporter]
    return administrators(people, kind=report.kind, subject_id=report.subject_id, but=but)


def handlers_for(
    network: Network, people: Sequence[Person], *, conduct: bool, but: Collection[int] = ()
) -> list[Person]:
    """Return the animators who may handle a report about and by these people, the least burdened first.

    Whoever holds one part of the network learns nothing of the others: a report is theirs within it only.
    """
    grants = RoleGrant.objects.held().filter(network=network, role=Role.ANIMATOR).exclude(person__in=but)
    animators = {
        grant.person_id: grant.person
        for grant in grants.select_related("person__unit")
        if (grant.site_id is None and grant.unit_id is None)
        or all(accompanies(grant.person, network, one) for one in people)
    }
    loads = _loads(animators)
    candidates = [
        Candidate(pk, person.unit_id, person.manager_id, loads.get(pk, 0)) for pk, person in animators.items()
    ]
    fit = [row for row in candidates if may_handle(row, people, conduct=conduct)]
    return [animators[row.person] for row in by_load(fit)]


def _loads(people: Iterable[int]) -> dict[int, int]:
    reports = Report.objects.waiting().filter(handler__in=list(people)).order_by()
    loads = dict(reports.values_list("handler").annotate(n=Count("pk")))
    appeals = Appeal.objects.filter(handler__in=list(people), state=AppealState.OPEN).order_by()
    for handler, number in appeals.values_list("handler").annotate(n=Count("pk")):
        loads[handler] = loads.get(handler, 0) + number
    return loads


def subject_of(report: Report) -> Any:
    """Return what was reported as it stands today: the post, review, message or person."""
    rows: Any = {
        Kind.POST: Post.objects.select_related("network", "author"),
        Kind.REVIEW: Review.with_withdrawn.select_related("exchange__network", "author"),
        Kind.MESSAGE: ThreadMessage.objects.select_related("thread__network", "author"),
        Kind.PERSON: Person.objects.select_related("unit", "site"),
    }[Kind(report.kind)]
    return rows.get(public_id=report.subject_id)


@dataclasses.dataclass(frozen=True)
class Sight:
    """How reported words stand today."""

    visible: bool  # to others than their author
    hidden: bool
    removed: bool
    editable: bool


def sight_of(subject: Any) -> Sight:
    """Return whether others still see the words, and whether their author can correct them."""
    if isinstance(subject, Post):
        return Sight(
            visible=subject.state not in (PostState.HIDDEN, PostState.REMOVED, PostState.DRAFT),
            hidden=subject.state == PostState.HIDDEN,
            removed=subject.state == PostState.REMOVED,
            editable=subject.state == PostState.PUBLISHED,
        )
    if isinstance(subject, Person):
        return Sight(visible=True, hidden=False, removed=False, editable=False)
    removed = subject.removed_at is not None
    hidden = subject.hidden_at is not None
    return Sight(visible=not hidden and not removed, hidden=hidden, removed=removed, editable=False)


def decisions_possible(report: Report, subject: Any) -> list[str]:
    """Return what may be decided of a report today."""
    sight = sight_of(subject)
    return possible_decisions(
        report.kind, report.state, visible=sight.visible, hidden=sight.hidden, editable=sight.editable
    )


@dataclasses.dataclass(frozen=True)
class Said:
    """Words as the one who handles a report reads them."""

    author: str
    at: Any
    text: str
    reported: bool


@dataclasses.dataclass(frozen=True)
class Shown:
    """What was reported, in its context, for the one who decides or whom it concerns."""

    title: str
    said: list[Said]
    sight: Sight
    changed: bool  # since it was reported


def shown(report: Report, subject: Any, *, around: bool) -> Shown:
    """Return what was reported as it reads today; `around` adds the messages next to it, for who decides."""
    sight = sight_of(subject)
    if isinstance(subject, Post):
        text = "\n\n".join(
            filter(None, (subject.description, subject.purpose, subject.how_learned, subject.place))
        )
        said = [Said(subject.author.display_name, subject.published_at, text, reported=True)]
        return Shown(str(subject), said, sight, changed=subject.changed_at > report.reported_at)
    if isinstance(subject, Review):
        # Only what the person who reported it could read: the rest was not written for them, nor for us.
        read = (getattr(subject, name) for name in CHOSEN if audience_of(subject, name) == Audience.OTHER)
        text = "\n\n".join(filter(None, read))
        said = [Said(subject.author.display_name, subject.written_at, text, reported=True)]
        changed = subject.corrected_at is not None and subject.corrected_at > report.reported_at
        return Shown(subject.exchange.title, said, sight, changed=changed)
    if isinstance(subject, ThreadMessage):
        rows = _around(subject) if around else [subject]
        said = [
            Said(row.author.display_name, row.written_at, row.text, reported=row.pk == subject.pk)
            for row in rows
        ]
        return Shown(_thread_title(subject), said, sight, changed=False)
    return Shown(subject.display_name, [], sight, changed=False)


def _around(message: ThreadMessage) -> list[ThreadMessage]:
    rows = ThreadMessage.objects.filter(thread=message.thread).select_related("author")
    place = Q(written_at__lt=message.written_at) | Q(written_at=message.written_at, pk__lt=message.pk)
    before = rows.filter(place).order_by("-written_at", "-pk")[:AROUND]
    after = rows.exclude(place).exclude(pk=message.pk).order_by("written_at", "pk")[:AROUND]
    return [*reversed(before), message, *after]


def _thread_title(message: ThreadMessage) -> str:
    title = Exchange.objects.filter(thread=message.thread).values_list("title", flat=True).first()
    if title is None:
        title = Introduction.objects.filter(thread=message.thread).values_list("title", flat=True).first()
    return title or ""


def context_of(report: Report) -> Introduction | Exchange | None:
    """Return the introduction or the exchange in which a conduct was met, when its reporter said which."""
    models: dict[str, Any] = {"introduction": Introduction, "exchange": Exchange}
    model = models.get(report.context_kind)
    return model.objects.filter(public_id=report.context_id).first() if model is not None else None


def decisions_of(report: Report) -> list[Decision]:
    """Return everything decided of a report, in order, with the appeal if there was one."""
    return list(report.decisions.select_related("by", "appeal", "appeal__answered_by", "appeal__handler"))


def told_to_reporter(decisions: Iterable[Decision]) -> list[Decision]:
    """Keep what the one who reported reads: every answer, never the notes."""
    return [decision for decision in decisions if decision.kind != "note"]


def reports_by(person: Person, limit: int = 100) -> list[Report]:
    """Return what a person reported, latest first (for their own eyes)."""
    return list(Report.objects.filter(reporter=person).select_related("network", "handler", "about")[:limit])


def decisions_about(person: Person, limit: int = 50) -> list[Decision]:
    """Return what was decided about a person's words or conduct and told to them, latest first."""
    rows = Decision.objects.told_to(person).select_related("report__network", "by", "appeal")
    return list(rows.order_by("-at", "-pk")[:limit])


def last_decision_about(kind: str, subject_id: str, reader: Person) -> Decision | None:
    """Return the last decision told to the author of some words: what the page of a hidden post shows."""
    rows = Decision.objects.told_to(reader).filter(report__kind=kind, report__subject_id=subject_id)
    return rows.select_related("by").order_by("-at", "-pk").first()


@dataclasses.dataclass(frozen=True)
class Queue:
    """What waits for one person who handles reports."""

    reports: list[Report]
    appeals: list[Appeal]
    settled: list[Report]


def queue_of(person: Person, *, settled: int = 20) -> Queue:
    """Return the reports and appeals that a person handles, the oldest deadline first, in three queries.

    An administrator meets first what was left to them: what is nobody's, or past its deadline.
    """
    mine = Report.objects.handled_by(person).select_related("network", "about", "reporter", "handler")
    appeals = Appeal.objects.handled_by(person).filter(state=AppealState.OPEN)
    if person.is_superuser:
        theirs = Q(handler=None) | Q(handler=person) | Q(escalated_at__isnull=False)
        mine, appeals = mine.filter(theirs), appeals.filter(theirs)
    related = ("decision__report__network", "decision__report__about", "by")
    return Queue(
        reports=list(mine.waiting().order_by("due_at", "pk")[:200]),
        appeals=list(appeals.select_related(*related).order_by("due_at", "pk")[:200]),
        settled=list(mine.filter(state=ReportState.SETTLED).order_by("-settled_at", "-pk")[:settled]),
    )


def handles_reports(person: Person) -> bool:
    """Tell whether anything is or was in this person's hands that still is theirs to see: whether the menu shows it."""
    if person.is_superuser:
        return True
    return (
        Report.objects.handled_by(person).exists()
        or Appeal.objects.filter(handler=person).handled_by(person).exists()
    )


def overdue_amendments(now: Any, limit: int) -> list[Step]:
    """Return the corrections asked of authors and not made in time."""
    steps = Step.objects.filter(state=StepState.OPEN, verb=Verb.AMEND, due_at__lt=now)
    return list(steps.order_by("due_at", "pk")[:limit])


def the_other(subject: Introduction | Exchange, person: Person) -> Person | None:
    """Return whom one meets in an introduction or an exchange, when it is one person only."""
    if isinstance(subject, Introduction):
        return subject.offerer if person.pk == subject.requester_id else subject.requester
    others = subject.people.filter(left_at=None).exclude(person=person).select_related("person")
    people = [part.person for part in others]
    return people[0] if len(people) == 1 else None


def was_met_in(subject: Introduction | Exchange, person: Person, public_id: str) -> Person | None:
    """Return the person of that identifier if they take or took part in it beside this person."""
    if isinstance(subject, Introduction):
        people = [subject.requester, subject.offerer, subject.mediator]
    else:
        people = [part.person for part in subject.people.select_related("person")]
    return next((one for one in people if one and one != person and one.public_id == public_id), None)
