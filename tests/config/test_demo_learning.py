"""The learning networks of the demonstration: who answers, what is late, what waits at the doors, a day going on today."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.config.demo.build import build
from reciproque.config.demo.learning_net import told
from reciproque.config.demo.scale import Scale
from reciproque.initiatives.models import (
    Ballot,
    CheckIn,
    Frame,
    HierarchyNote,
    LaunchDay,
    MergeRequest,
    Problem,
    Remark,
    WorkGroupMember,
)
from reciproque.initiatives.queries import overdue
from reciproque.initiatives.rules import ExperimentState, MergeState
from reciproque.kit import clock
from reciproque.people.models import Person

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
SMALL = Scale.reduced(40, 90)
pytestmark = pytest.mark.django_db


def silent(_words: str) -> None:
    """Say nothing while building."""


class Undone(Exception):
    """Rolls a demonstration back."""


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A small demonstration in which both networks live, built once."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), clock.at(MONDAY), contextlib.suppress(Undone), transaction.atomic():
        with override_settings(DATA=folder, MATCHING_INDEX=folder / "index"):
            build("year-end", folder, scale=SMALL, tell=silent, matching=False)
        yield folder
        raise Undone


@pytest.fixture
def running(demo: Path) -> Frame:
    return Frame.objects.get(network__slug="repondre")


@pytest.fixture
def day(demo: Path) -> LaunchDay:
    return LaunchDay.objects.get(frame__network__slug="saisonniers")


def test_those_who_answer_are_those_who_decide(running: Frame) -> None:
    order = ["dirigeant", "cadre", "maitrise", "agent"]
    committee = [order.index(row.person.level) for row in running.committee.select_related("person")]
    searching = WorkGroupMember.objects.filter(group__frame=running).select_related("person")
    assert len(committee) == 4
    assert max(committee) <= min(order.index(row.person.level) for row in searching)


def test_little_is_late_and_never_of_those_who_search(running: Frame) -> None:
    late = overdue(running)
    assert 1 <= len(late) <= 5
    # Who carries a proposal out owes too: the chair is not alone on the list.
    chair = running.committee.get(chairs=True).person
    assert any(owed.owner != chair for owed in late)


def test_notes_have_dates_of_their_own(running: Frame) -> None:
    notes = list(HierarchyNote.objects.filter(frame=running).order_by("due_on"))
    assert len({row.due_on for row in notes}) == len(notes) == len(told()["running"]["notes"])
    assert all(row.sent_at is not None and row.sent_at.date() <= row.due_on for row in notes)
    assert [row.acknowledged_at is None for row in notes] == [False] * (len(notes) - 1) + [True]


def test_check_ins_differ_from_one_session_to_the_next(running: Frame) -> None:
    rows = CheckIn.objects.filter(group__frame=running).values_list("group", "on", "listened", "all_spoke")
    sessions = collections.defaultdict(list)
    for group, on, listened, spoke in rows:
        sessions[group, on].append((listened, spoke))
    figures = {(len(said), sum(a for a, _b in said), sum(b for _a, b in said)) for said in sessions.values()}
    assert len(figures) > len(sessions) // 2


def test_each_result_is_debated_and_has_reasons_of_its_own(running: Frame) -> None:
    for result in running.results.all():
        assert Remark.objects.filter(result=result).count() >= 2
    reasons = list(
        Ballot.objects.filter(result__frame=running).exclude(reason="").values_list("reason", flat=True)
    )
    assert len(set(reasons)) == len(reasons)
    assert (
        len(set(Ballot.objects.exclude(reason="").filter(result__frame=running).values_list("result"))) == 6
    )


def test_experiments_are_not_told_in_the_same_words(running: Frame) -> None:
    tried = list(running.experiments.all())
    assert len({one.consent for one in tried}) == len(tried)
    said = [one.support_words for one in tried if one.support_words]
    assert len(set(said)) == len(said)
    for one in running.experiments.filter(state=ExperimentState.DECIDED):
        assert not one.checkpoints.filter(done_at=None).exists()
        assert one.checkpoints.exists()


def test_questions_of_the_management_are_asked_by_the_sponsor(running: Frame) -> None:
    rows = list(Problem.objects.filter(frame=running))
    assert all(row.words for row in rows)
    assert {row.asked_by_id for row in rows if row.kind == "question"} == {running.sponsor_id}


def test_the_launch_day_is_today_and_has_begun(day: LaunchDay) -> None:
    now = clock.now()
    assert day.state == "open"
    assert day.starts_at.date() == now.date()
    assert day.starts_at <= now < day.ends_at
    written = day.subjects.exclude(report="")
    assert 0 < written.count() < day.subjects.count()
    assert all(one.slot is not None and one.slot.ends_at <= now for one in written.select_related("slot"))
    assert all(one.reported_at is not None and one.reported_at <= now for one in written)


def test_two_cells_of_the_grid_are_free(day: LaunchDay) -> None:
    assert day.slots.count() * day.rooms.count() == 15 == day.subjects.count()
    assert day.subjects.exclude(slot=None).count() == 13


def test_two_subjects_wait_to_be_merged_in_the_time_to_come(day: LaunchDay) -> None:
    merge = MergeRequest.objects.select_related("kept__slot", "folded").get(kept__day=day)
    assert merge.state == MergeState.ASKED
    assert merge.kept.slot is not None
    assert merge.kept.slot.starts_at > clock.now()
    assert merge.folded.slot is None
    assert merge.asked_by_id == merge.folded.host_id != merge.kept.host_id


def test_the_doors_lead_to_what_awaits_each(demo: Path) -> None:
    doors = [
        entry
        for entry in json.loads((demo / "demo-cast.json").read_text(encoding="utf-8"))
        if entry.get("about") == "learning"
    ]
    assert len(doors) >= 4
    assert len({entry["public_id"] for entry in doors}) == len(doors)
    steps = Step.objects.open().filter(network__slug__in=["repondre", "saisonniers"])
    owners = set(steps.values_list("owner__public_id", "verb"))
    listed = {entry["public_id"] for entry in doors}
    for verb in (Verb.REFRAME, Verb.ACK, Verb.MERGE):
        assert {person for person, what in owners if what == verb} & listed, verb
    for entry in doors:
        client = Client()
        client.force_login(Person.objects.get(public_id=entry["public_id"]))
        assert client.get(entry["url"]).status_code == 200, entry
        assert entry["line_fr"]
        assert entry["line_en"]
    lines = {entry["name"]: entry["line_fr"] for entry in json.loads((demo / "demo-cast.json").read_text())}
    assert "réponses en retard" in lines["Étienne Marchand"]
