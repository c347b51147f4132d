"""Whom no e-mail reaches, and what each is to be told by voice or on paper, by when."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from reciproque.agenda.models import Attempt, Step
from reciproque.agenda.rules import PRIVATE_VERBS, AttemptKind
from reciproque.kit import clock
from reciproque.networks.access import scope_of
from reciproque.networks.models import Membership, Network
from reciproque.notices.access import accompanied
from reciproque.notices.models import AddressTrouble, Outgoing
from reciproque.notices.rules import UNDELIVERED, Category, Channel, OutgoingState
from reciproque.people.models import Person, Site, Unit

# What was written longer ago than this is no news any more.
KEPT = dt.timedelta(days=60)
FROM_THE_TEAM = ("broadcast.sent", "step.reminded")
_ADDRESS = re.compile(r"https?://\S+")


@dataclasses.dataclass(frozen=True)
class Said:
    """A message as it can be read aloud: what it says, and the simple answers it offers."""

    subject: str
    sentences: list[str]
    answers: list[str]
    at: dt.datetime
    url: str = ""

    def is_about(self, step: Step) -> bool:
        """Tell whether it speaks of the same thing as what is expected of its reader."""
        return step.subject_id in self.url or bool(step.words and self.subject.endswith(step.words))


@dataclasses.dataclass(frozen=True)
class ToTell:
    """One member whom no e-mail reaches: what is expected of them, what was written to them, when they were called."""

    membership: Membership
    steps: list[Step]
    messages: list[Said]
    told_at: dt.datetime | None

    @property
    def person(self) -> Person:
        return self.membership.person

    @property
    def due_at(self) -> dt.datetime | None:
        """The first deadline that runs."""
        return min((step.due_at for step in self.steps), default=None)


def read_aloud(text: str) -> tuple[list[str], list[str]]:
    """Return of a message its sentences and the answers it offers: no address, no signature, nobody's quoted words.

    What somebody wrote to somebody is theirs to read: the person is told that it waits.
    """
    body = text.split("\n-- \n")[0]
    sentences, answers = [], []
    for block in body.split("\n\n")[1:]:  # the first one is the greeting
        block = block.strip()
        if not block or block.startswith(">"):
            continue
        if not _ADDRESS.search(block):
            sentences.append(block)
        elif "/tap/" in block:
            answers.append(block.splitlines()[0])
    return sentences, answers


def _spoken(row: Outgoing) -> tuple[list[str], list[str]]:
    """Return what can be read aloud of a message, from what it is made of when that was kept."""
    if not row.parts:
        return read_aloud(row.text)
    # What the team wrote is to be read to its members; what a colleague wrote is theirs alone.
    quote = row.parts.get("quote", "") if row.fact_name in FROM_THE_TEAM else ""
    said = [*row.parts.get("sentences", []), quote]
    return [text for text in said if text], [label for label, _url in row.parts.get("answers", [])]


def _called(**about: OuterRef | str) -> QuerySet[Attempt]:
    return Attempt.objects.filter(kind=AttemptKind.CALLED, **about)


def _untold_steps(network: Network) -> QuerySet[Step]:
    """Keep what is expected of a membership's person and was not told since it was opened or last reminded."""
    since = Greatest(F("opened_at"), Coalesce("reminded_at", "opened_at"))
    told = _called(
        subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"), person=OuterRef("owner")
    )
    steps = Step.objects.open().filter(network=network).exclude(verb__in=PRIVATE_VERBS)
    return steps.annotate(since=since).exclude(Exists(told.filter(at__gte=OuterRef("since"))))


def _unread(network: Network) -> QuerySet[Outgoing]:
    """Keep what was written to people of the network and could not arrive by e-mail.

    What was found for one person alone is told to nobody else, the animators included. A letter made of several
    holds some of it, and each of the others has its own row.
    """
    rows = Outgoing.objects.filter(network=network, channel=Channel.EMAIL, state__in=UNDELIVERED)
    return rows.exclude(category=Category.FINDS).filter(fact_id__isnull=False, at__gte=clock.now() - KEPT)


def _unreached(network: Network, viewer: Person) -> QuerySet[Membership]:
    """Keep the members of the viewer's part of the network whom no e-mail reaches."""
    scope = scope_of(viewer, network)
    if scope is None:
        return Membership.objects.none()
    members = Membership.objects.current().filter(scope.people("person"), network=network)
    told = _called(subject_kind=Membership.subject_kind, subject_id=OuterRef("public_id"))
    members = members.annotate(told_at=Subquery(told.order_by("-at").values("at")[:1]))
    # Someone whose later messages arrived is reached: one refusal is no reason to call.
    arrived = Outgoing.objects.filter(
        person=OuterRef("person"), state=OutgoingState.SENT, sent_at__gt=OuterRef("at")
    )
    failed = _unread(network).filter(person=OuterRef("person")).exclude(Exists(arrived))
    trouble = AddressTrouble.objects.current().filter(person=OuterRef("person"))
    return members.filter(Q(person__email=None) | Q(person__email="") | Exists(trouble) | Exists(failed))


def _to_tell(network: Network, viewer: Person) -> QuerySet[Membership]:
    """Keep those who have something to be told that they were not told yet, the first deadline first."""
    steps = _untold_steps(network).filter(owner=OuterRef("person"))
    unread = _unread(network).filter(person=OuterRef("person"))
    members = _unreached(network, viewer).annotate(
        due=Subquery(steps.values("owner").annotate(first=Min("due_at")).values("first")[:1])
    )
    told = Q(told_at=None) & Exists(unread) | Exists(unread.filter(at__gt=OuterRef("told_at")))
    return members.filter(Q(due__isnull=False) | told).order_by(
        F("due").asc(nulls_last=True), "person__last_name", "person__first_name", "pk"
    )


def count_to_tell(network: Network, viewer: Person) -> int:
    """Return how many members are to be called or given their sheet."""
    return _to_tell(network, viewer).count()


def people_to_tell(network: Network, viewer: Person, *, start: int = 0, limit: int = 25) -> list[ToTell]:
    """Return the members to call, the most urgent first, with what each is to be told; four queries at most."""
    members = _to_tell(network, viewer).select_related(
        "network", "person__unit", "person__site", "person__manager"
    )
    return _with_news(network, list(members[start : start + limit]), new_only=True)


def all_to_tell(membership: Membership) -> ToTell:
    """Return all that a member may be told, told already or not: their sheet."""
    told = _called(subject_kind=membership.subject_kind, subject_id=membership.public_id).order_by("-at")
    membership.told_at = told.values_list("at", flat=True).first()  # type: ignore[attr-defined]
    return _with_news(membership.network, [membership], new_only=False)[0]


def _with_news(network: Network, members: list[Membership], *, new_only: bool) -> list[ToTell]:
    people = [row.person_id for row in members]
    open_steps = _untold_steps(network) if new_only else Step.objects.open().filter(network=network)
    steps: dict[int | None, list[Step]] = {}
    for step in open_steps.exclude(verb__in=PRIVATE_VERBS).filter(owner__in=people).select_related("network"):
        steps.setdefault(step.owner_id, []).append(step)
    rows: dict[int | None, list[Outgoing]] = {}
    for row in _unread(network).filter(person__in=people).defer("html", "ics").order_by("at", "pk"):
        rows.setdefault(row.person_id, []).append(row)
    return [
        ToTell(
            membership=member,
            steps=steps.get(member.person_id, []),
            messages=_said(
                rows.get(member.person_id, ()),
                member.told_at if new_only else None,  # type: ignore[attr-defined]
            ),
            told_at=member.told_at,  # type: ignore[attr-defined]
        )
        for member in members
    ]


def _said(rows: Iterable[Outgoing], told_at: dt.datetime | None) -> list[Said]:
    """Return the messages written since the last call, each subject once, the latest words of it."""
    latest: dict[str, Said] = {}
    for row in rows:
        if told_at is None or row.at > told_at:
            sentences, answers = _spoken(row)
            latest.pop(row.subject, None)
            latest[row.subject] = Said(row.subject, sentences, answers, row.at, row.url)
    return list(latest.values())


# A longer list is no choice any more: the units nearest to the top are shown.
UNITS_SHOWN = 300


def places_of(network: Network, viewer: Person) -> tuple[list[Site], list[Unit]]:
    """Return the sites and the units (with those above them) where the viewer's part of the network works."""
    members = accompanied(viewer, network)
    sites = Site.objects.filter(pk__in=members.exclude(person__site=None).values("person__site"))
    paths: set[str] = set()
    for path in members.exclude(person__unit=None).values_list("person__unit__path", flat=True).distinct():
        names = path.split(" > ")
        paths |= {" > ".join(names[:depth]) for depth in range(1, len(names) + 1)}
    shallow = sorted(paths, key=lambda path: (path.count(" > "), path))[:UNITS_SHOWN]
    return list(sites.order_by("name")), list(Unit.objects.filter(path__in=shallow).order_by("path"))
