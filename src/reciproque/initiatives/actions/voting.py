"""The panel debates the expected results, then ranks them: nobody sees a vote before the close, nor judges their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb
from reciproque.initiatives.access import can_frame, may_comment
from reciproque.initiatives.actions.owing import choice, hold, line, note, text
from reciproque.initiatives.models import Ballot, ExpectedResult, Frame, Panelist, Remark
from reciproque.initiatives.queries.votes import points_to_share, votable, without_choice
from reciproque.initiatives.rules import (
    LINE_MAX,
    PANEL_LEAST,
    PANEL_MOST,
    PHASES,
    POINTS_EACH,
    RESULTS_LEAST,
    VOTE_MOST,
    WORDS_MAX,
    Mention,
    Phase,
    VoteMethod,
)
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.voting import rank_by_judgement, rank_by_points
from reciproque.people.models import Person

CLOSED = _("Le vote est clos : votre voix ne peut plus être enregistrée ni changée.")


@transaction.atomic
def invite_panel(frame: Frame, *, by: Person, people: Sequence[Person]) -> list[Panelist]:
    """Ask people to be of the panel; inviting someone twice changes nothing. Return those newly invited."""
    if not can_frame(by, frame):
        raise PermissionDenied
    hold(frame)
    over = frame.vote_closes_at is not None and frame.vote_closes_at <= clock.now()
    if frame.phase not in (Phase.FRAME, Phase.PANEL) or (frame.phase == Phase.PANEL and over):
        raise ValidationError(_("Le vote est passé : le panel ne change plus."))
    wanted = {person.pk: person for person in people}
    if any(not person.is_active for person in wanted.values()):
        raise ValidationError({"people": _("Une de ces personnes a quitté l’organisation.")})
    known = set(frame.panel.filter(left_at=None).values_list("person_id", flat=True))
    new = [person for pk, person in wanted.items() if pk not in known]
    if len(known) + len(new) > PANEL_MOST:
        raise ValidationError({"people": _("Un panel compte %(n)s personnes au plus.") % {"n": PANEL_MOST}})
    back = {"left_at": None, "invited_at": clock.now()}
    rows = [Panelist.objects.update_or_create(frame=frame, person=person, defaults=back)[0] for person in new]
    unable = without_choice(frame)
    for row in rows:
        if frame.phase == Phase.PANEL and row.voted_at is None and row.person_id not in unable:
            _expect_vote(frame, row.person)
    if rows:
        note("panel.invited", frame, by, new)
    return rows


@transaction.atomic
def remove_panelist(frame: Frame, person: Person, *, by: Person) -> None:
    """Take someone off the panel before the vote; once it is open each may only leave, as long as they have not voted."""
    if not (can_frame(by, frame) or by.pk == person.pk):
        raise PermissionDenied
    hold(frame)
    if frame.phase == Phase.PANEL and by.pk != person.pk:
        raise ValidationError(
            _("Le vote est ouvert : on ne retire plus personne du panel. Chacun peut en sortir de lui-même.")
        )
    panelist = frame.panel.select_for_update().filter(person=person).first()
    if panelist is None:
        return
    if panelist.voted_at is not None or frame.phase not in (Phase.FRAME, Phase.PANEL):
        raise ValidationError(_("Cette personne a déjà voté : sa voix compte."))
    panelist.delete()
    close_steps(frame, verb=Verb.VOTE, owner=person, outcome=StepState.RELEASED)


def _expect_vote(frame: Frame, person: Person) -> None:
    assert frame.vote_closes_at is not None
    step = open_step(
        Verb.VOTE,
        frame,
        network=frame.network,
        owner=person,
        due_at=frame.vote_closes_at,
        words=frame.network.name,
    )
    # The vote closes for all at once: a pause does not move it.
    Step.objects.filter(pk=step.pk).update(due_at=frame.vote_closes_at)


@transaction.atomic
def remark(result: ExpectedResult, *, by: Person, words: str) -> Remark:
    """Say a word of the debate about a result."""
    if not may_comment(by, result.frame):
        raise PermissionDenied
    words = text(words, WORDS_MAX, "words", missing=_("Écrivez ce que vous voulez dire."))
    return Remark.objects.create(result=result, author=by, words=words, at=clock.now())


@transaction.atomic
def open_vote(
    frame: Frame,
    *,
    by: Person,
    closes_at: dt.datetime,
    method: str = VoteMethod.JUDGEMENT,
    points_each: int = POINTS_EACH,
) -> Frame:
    """Open the vote of the panel until a date: from now on the results no longer change."""
    if not can_frame(by, frame):
        raise PermissionDenied
    hold(frame)
    choice(method, VoteMethod, "method")
    _check_close(closes_at)
    if not 10 <= points_each <= 1000:
        raise ValidationError({"points_each": _("De 10 à 1 000 points par personne.")})
    if frame.results.filter(withdrawn_at=None).count() < RESULTS_LEAST:
        raise ValidationError(_("Proposez au moins deux résultats attendus avant d’ouvrir le vote."))
    # Who proposed all the results has nothing to vote on: nothing is expected of them.
    panel = [row for row in _panel(frame) if row.person_id not in without_choice(frame)]
    if len(panel) < PANEL_LEAST:
        raise ValidationError(_("Invitez au moins trois personnes au panel avant d’ouvrir le vote."))
    since, phase = PHASES["open_vote"]
    move(
        frame,
        phase,
        since=since,
        field="phase",
        sentence=_("Le vote a déjà été ouvert."),
        method=method,
        points_each=points_each,
        vote_closes_at=closes_at,
    )
    for row in panel:
        _expect_vote(frame, row.person)
    note("vote.opened", frame, by, [row.person for row in panel], closes_at=closes_at.isoformat())
    return frame


def _panel(frame: Frame) -> list[Panelist]:
    return list(frame.panel.filter(left_at=None).select_related("person"))


def _check_close(closes_at: dt.datetime) -> None:
    now = clock.now()
    if closes_at <= now:
        raise ValidationError({"closes_at": _("Cette date est passée. Choisissez un jour à venir.")})
    if closes_at > now + dt.timedelta(days=VOTE_MOST):
        raise ValidationError({"closes_at": _("Un vote dure trois mois au plus.")})


@transaction.atomic
def extend_vote(frame: Frame, *, by: Person, closes_at: dt.datetime) -> Frame:
    """Leave the panel more time: a vote still open may close later, never earlier."""
    if not can_frame(by, frame):
        raise PermissionDenied
    fresh = Frame.objects.select_for_update().get(pk=frame.pk)
    if fresh.phase != Phase.PANEL or fresh.vote_closes_at is None or fresh.vote_closes_at <= clock.now():
        raise ValidationError(_("Le vote est clos."))
    _check_close(closes_at)
    if closes_at <= fresh.vote_closes_at:
        raise ValidationError({"closes_at": _("Le vote peut se clore plus tard, jamais plus tôt.")})
    Frame.objects.filter(pk=frame.pk).update(vote_closes_at=closes_at)
    frame.vote_closes_at = closes_at
    unable = without_choice(frame)
    people = [row.person for row in _panel(frame) if row.voted_at is None and row.person_id not in unable]
    for person in people:
        _expect_vote(frame, person)
    note("vote.extended", frame, by, people, closes_at=closes_at.isoformat())
    return frame


@transaction.atomic
def vote(frame: Frame, *, by: Person, values: Mapping[str, tuple[int, str]]) -> Panelist:
    """Say what one thinks of each result but one's own, and why; it may be changed until the close.

    No fact is recorded: what somebody voted, and when, stays between them and the count.
    """
    panelist = frame.panel.select_related("person").filter(person=by, left_at=None).first()
    if panelist is None or not by.is_active:
        raise PermissionDenied
    # The close takes the same row: a voice is counted, or refused, never lost.
    fresh = Frame.objects.select_for_update().get(pk=frame.pk)
    if fresh.phase == Phase.FRAME:
        raise ValidationError(_("Le vote n’est pas encore ouvert."))
    if fresh.phase != Phase.PANEL or fresh.vote_closes_at is None or clock.now() >= fresh.vote_closes_at:
        raise ValidationError(CLOSED, code="closed")
    results = votable(fresh, panelist)
    if not results:
        raise ValidationError(
            _(
                "Vous avez proposé tous les résultats en lice : le vote se fait sans vous, et n’attend pas le vôtre."
            )
        )
    ballots = _checked(fresh, results, values)
    now = clock.now()
    for result, value, reason in ballots:
        Ballot.objects.update_or_create(
            panelist=panelist, result=result, defaults={"value": value, "reason": reason, "at": now}
        )
    panelist.voted_at = now
    panelist.save(update_fields=["voted_at"])
    close_steps(frame, verb=Verb.VOTE, owner=by)
    return panelist


def _checked(
    frame: Frame, results: Sequence[ExpectedResult], values: Mapping[str, tuple[int, str]]
) -> list[tuple[ExpectedResult, int, str]]:
    by_id = {result.public_id: result for result in results}
    others = set(values) - set(by_id)
    if others:
        own = frame.results.filter(public_id__in=others, withdrawn_at=None).exists()
        raise ValidationError(
            _("On ne vote pas pour le résultat qu’on a proposé soi-même.")
            if own
            else _("Choisissez dans la liste.")
        )
    if set(by_id) - set(values):
        raise ValidationError(
            _("Donnez votre avis sur chaque résultat : sans cela, ils ne seraient pas comparables.")
        )
    ballots = [
        (by_id[key], int(value), line(reason, LINE_MAX, f"reason_{key}"))
        for key, (value, reason) in values.items()
    ]
    if not any(reason for _result, _value, reason in ballots):
        raise ValidationError(_("Dites en quelques mots pourquoi, pour un résultat au moins."))
    if frame.method == VoteMethod.JUDGEMENT:
        grades = {int(value) for value in Mention.values}
        if any(value not in grades for _result, value, _reason in ballots):
            raise ValidationError(_("Choisissez une mention pour chaque résultat."))
        return ballots
    given = sum(value for _result, value, _reason in ballots)
    most = points_to_share(frame, len(ballots))
    if any(value < 0 for _result, value, _reason in ballots) or given > most:
        raise ValidationError(
            _("Vous avez %(n)s points à partager, ou moins : vous en avez donné %(given)s.")
            % {"n": most, "given": given}
        )
    return ballots


@transaction.atomic
def close_vote(frame: Frame, *, by: Person | None) -> Frame:
    """Close the vote and rank the results: at its date (by the clock), or earlier once everybody has voted."""
    if by is not None and not can_frame(by, frame):
        raise PermissionDenied
    fresh = Frame.objects.select_for_update().get(pk=frame.pk)
    waiting = fresh.panel.filter(voted_at=None, left_at=None, person__is_active=True)
    missing = waiting.exclude(person__in=without_choice(fresh)).count()
    if fresh.phase == Phase.PANEL and fresh.vote_closes_at and fresh.vote_closes_at > clock.now() and missing:
        raise ValidationError(
            ngettext(
                "Une personne n’a pas encore voté : le vote se clôt à la date annoncée.",
                "%(n)s personnes n’ont pas encore voté : le vote se clôt à la date annoncée.",
                missing,
            )
            % {"n": missing}
        )
    since, phase = PHASES["close_vote"]
    move(
        frame,
        phase,
        since=since,
        field="phase",
        sentence=_("Le vote n’est pas ouvert."),
        vote_closed_at=clock.now(),
    )
    _rank(frame)
    close_steps(frame, verb=Verb.VOTE, outcome=StepState.LAPSED)
    people = [row.person for row in _panel(frame)]
    note("vote.closed", frame, by, people, voters=fresh.panel.exclude(voted_at=None).count())
    return frame


def _rank(frame: Frame) -> None:
    given: dict[int, list[int]] = {
        pk: [] for pk in frame.results.filter(withdrawn_at=None).values_list("pk", flat=True)
    }
    ballots = Ballot.objects.filter(result__in=given).values_list("result_id", "value")
    for result, value in ballots:
        given[result].append(value)
    if not any(given.values()):
        return  # nobody voted: nothing is ranked, and those who frame choose the themes
    rank = rank_by_judgement if frame.method == VoteMethod.JUDGEMENT else rank_by_points
    place = 1
    for together in rank(given):
        ExpectedResult.objects.filter(pk__in=together).update(rank=place)
        place += len(together)


def close_votes(limit: int = 100) -> int:
    """Close the votes whose date has come (by the clock); return how many."""
    due = Frame.objects.filter(phase=Phase.PANEL, vote_closes_at__lte=clock.now())
    done = 0
    for frame in due.select_related("network").order_by("vote_closes_at")[:limit]:
        try:
            close_vote(frame, by=None)
        except ValidationError:
            continue  # somebody closed it at the same instant
        done += 1
    return done
