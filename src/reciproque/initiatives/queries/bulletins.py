"""The bulletin of a learning network: those sent, and what a new one is prepared from (the facts since the last one)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable
from typing import TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reciproque.initiatives.access import can_frame
from reciproque.initiatives.models import (
    Answer,
    Bulletin,
    Experiment,
    Frame,
    LaunchDay,
    Obstacle,
    Problem,
    Proposal,
    WallSubject,
)
from reciproque.initiatives.queries.committee import overdue
from reciproque.initiatives.rules import (
    DAY_LIVE,
    AnswerKind,
    BulletinState,
    Decision,
    ExperimentState,
    ObstacleState,
    ProblemState,
    ProposalState,
)
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.dates import day_in_words
from reciproque.library.rules.markdown import to_html
from reciproque.people.models import Person

T = TypeVar("T")
# Of each kind of thing, at most so many lines: a bulletin is read in a few minutes.
LINES_MOST = 12
WORDS_SHOWN = 280
# What the journal says of the time of a bulletin, and what each is about.
TOLD = (
    *("proposal.answered", "proposal.submitted", "proposal.carried", "proposal.advanced", "proposal.done"),
    *("experiment.started", "experiment.measured", "experiment.decided"),
    *("problem.asked", "problem.answered", "obstacle.raised", "obstacle.settled", "wall_subject.reported"),
)
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def bulletins_of(frame: Frame, viewer: Person) -> list[Bulletin]:
    """Return the bulletins of a learning network, the latest first; the one in preparation, to those who frame only."""
    rows = Bulletin.objects.filter(network=frame.network_id).select_related("written_by")
    if not can_frame(viewer, frame):
        rows = rows.filter(state=BulletinState.SENT)
    return list(rows.order_by("-number"))


def draft_of(frame: Frame) -> Bulletin | None:
    """Return the bulletin in preparation, if there is one."""
    rows = Bulletin.objects.filter(network=frame.network_id, state=BulletinState.DRAFT)
    return rows.select_related("network", "written_by").first()


def since_last(frame: Frame) -> dt.datetime:
    """Return from when a new bulletin tells: the end of what the last one told, or the opening of the network."""
    sent = Bulletin.objects.filter(network=frame.network_id, state=BulletinState.SENT)
    last = sent.order_by("-number").values_list("until", flat=True).first()
    return last or frame.opened_at


def html_of(bulletin: Bulletin) -> SafeString:
    """Return the text of a bulletin as HTML that can only be read."""
    return to_html(bulletin.text)


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a bulletin: its title, its lines in Markdown."""

    title: str
    lines: list[str]


def material(frame: Frame, since: dt.datetime, until: dt.datetime) -> list[Part]:
    """Return what happened in a time, as the journal says: decided, tried, learned, asked, and what comes."""
    facts = Fact.objects.filter(network=frame.network.public_id, name__in=TOLD, at__gte=since, at__lt=until)
    happened: dict[str, list[str]] = {}
    for name, subject in facts.order_by("at", "pk").values_list("name", "subject_id"):
        happened.setdefault(name, []).append(subject)
    found = _Found(frame, happened, since, until)
    parts = [
        Part(_("Ce qui a été décidé"), found.decided()),
        Part(_("Ce qui a été essayé"), found.tried()),
        Part(_("Ce que nous avons appris"), found.learned()),
        Part(_("Ce qui est demandé"), found.asked()),
        Part(_("Ce qui avance"), found.carried()),
        Part(_("À venir"), found.coming()),
    ]
    return [Part(part.title, part.lines[:LINES_MOST]) for part in parts if part.lines]


def text_of(parts: Iterable[Part]) -> str:
    """Return the parts of a bulletin as the text that its animator edits."""
    return "\n\n".join(
        f"## {part.title}\n\n" + "\n".join(f"- {line}" for line in part.lines) for part in parts
    )


class _Found:
    """What the subjects of the facts say today, each kind read once."""

    def __init__(
        self, frame: Frame, happened: dict[str, list[str]], since: dt.datetime, until: dt.datetime
    ) -> None:
        self.frame, self.happened, self.since, self.until = frame, happened, since, until
        ids = {subject for subjects in happened.values() for subject in subjects}
        proposals = frame.proposals.filter(public_id__in=ids).exclude(state=ProposalState.DRAFT)
        self.proposals: dict[str, Proposal] = {
            one.public_id: one for one in proposals.select_related("owner", "group")
        }
        self.experiments: dict[str, Experiment] = {
            one.public_id: one for one in frame.experiments.filter(public_id__in=ids)
        }
        self.problems: dict[str, Problem] = {
            one.public_id: one for one in frame.problems.filter(public_id__in=ids)
        }
        self.obstacles: dict[str, Obstacle] = {
            one.public_id: one for one in frame.obstacles.filter(public_id__in=ids)
        }
        self.reports: dict[str, WallSubject] = {
            one.public_id: one for one in WallSubject.objects.filter(day__frame=frame, public_id__in=ids)
        }

    def _about(self, known: dict[str, T], *names: str) -> list[T]:
        ids = dict.fromkeys(one for name in names for one in self.happened.get(name, []))
        return [known[one] for one in ids if one in known]

    def decided(self) -> list[str]:
        answers = Answer.objects.filter(
            proposal__in=self._about(self.proposals, "proposal.answered"),
            at__gte=self.since,
            at__lt=self.until,
        )
        lines = [
            _("**%(title)s** : %(answer)s. %(reasons)s")
            % {
                "title": _plain(answer.proposal.title),
                "answer": AnswerKind(answer.kind).label,
                "reasons": _short(answer.reasons),
            }
            for answer in answers.select_related("proposal").order_by("at", "pk")
        ]
        for obstacle in self._about(self.obstacles, "obstacle.settled"):
            state = ObstacleState(obstacle.state).label
            said = {"words": _short(obstacle.words), "state": state, "reasons": _short(obstacle.reasons)}
            lines.append(_("Obstacle, « %(words)s » : %(state)s. %(reasons)s") % said)
        return lines

    def tried(self) -> list[str]:
        measured = self._about(self.experiments, "experiment.measured")
        decided = {one.pk for one in self._about(self.experiments, "experiment.decided")}
        lines = [
            _("**%(title)s** a son résultat : %(value)s (au départ : %(start)s).")
            % {
                "title": _plain(one.title),
                "value": _plain(one.result_value),
                "start": _plain(one.start_value),
            }
            for one in measured
            if one.pk not in decided
        ]
        for one in self._about(self.experiments, "experiment.started"):
            if one.state == ExperimentState.RUNNING:
                said = {"title": _plain(one.title), "where": _plain(one.where)}
                lines.append(_("**%(title)s** a commencé (%(where)s).") % said)
        return lines

    def learned(self) -> list[str]:
        lines = [
            _("**%(title)s**, %(decision)s : %(lesson)s")
            % {
                "title": _plain(one.title),
                "decision": Decision(one.decision).label,
                "lesson": _short(one.lesson),
            }
            for one in self._about(self.experiments, "experiment.decided")
        ]
        for subject in self._about(self.reports, "wall_subject.reported"):
            said = {"title": _plain(subject.title), "report": _short(subject.report)}
            lines.append(_("De la journée de lancement, **%(title)s** : %(report)s") % said)
        return lines

    def asked(self) -> list[str]:
        lines = []
        for one in self._about(self.problems, "problem.asked", "problem.answered"):
            said = {"title": _plain(one.title), "answer": _short(one.answer)}
            if one.state == ProblemState.ANSWERED:
                lines.append(_("**%(title)s** a sa réponse : %(answer)s") % said)
            elif one.state in (ProblemState.OPEN, ProblemState.TAKEN):
                lines.append(_("**%(title)s**") % said)
        now = clock.now()
        for proposal in self._about(self.proposals, "proposal.submitted"):
            # What is late is said once, below.
            if proposal.state == ProposalState.SUBMITTED and proposal.due_at and proposal.due_at >= now:
                said = {"title": _plain(proposal.title), "day": _day(proposal.due_at)}
                lines.append(
                    _("La proposition **%(title)s** attend la réponse du comité, au plus tard %(day)s.")
                    % said
                )
        for owed in overdue(self.frame):
            said = {"title": _plain(str(owed.title)), "day": _day(owed.due_at)}
            lines.append(_("En retard depuis %(day)s : **%(title)s**") % said)
        return lines

    def carried(self) -> list[str]:
        lines = []
        for one in self._about(self.proposals, "proposal.done"):
            said = {"title": _plain(one.title), "outcome": _short(one.outcome)}
            lines.append(_("**%(title)s** est réalisée : %(outcome)s") % said)
        for one in self._about(self.proposals, "proposal.carried", "proposal.advanced"):
            if one.state == ProposalState.CARRYING and one.owner is not None:
                figures = {
                    "title": _plain(one.title),
                    "who": _plain(one.owner.display_name),
                    "percent": one.percent,
                }
                lines.append(_("**%(title)s**, portée par %(who)s : %(percent)s %%.") % figures)
        return lines

    def coming(self) -> list[str]:
        days = LaunchDay.objects.filter(frame=self.frame, state__in=DAY_LIVE, starts_at__gt=self.until)
        lines = [
            _("%(day)s : **%(title)s** (%(place)s)")
            % {"day": _day(day.starts_at), "title": _plain(day.title), "place": _plain(day.place)}
            for day in days
        ]
        ends = self.frame.experiments.filter(
            state=ExperimentState.RUNNING, ends_on__gte=self.until.date()
        ).order_by("ends_on", "pk")
        for one in ends:
            assert one.ends_on is not None
            said = {"title": _plain(one.title), "day": _day(one.ends_on)}
            lines.append(_("%(day)s : fin de l’expérimentation **%(title)s**") % said)
        return lines


def _plain(text: str) -> str:
    """A text on one line, in which nothing is a mark of Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _short(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > WORDS_SHOWN:
        line = line[:WORDS_SHOWN].rsplit(" ", 1)[0] + "…"
    return _plain(line)


def _day(moment: dt.date) -> str:
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    return day_in_words(day, clock.now().date())
