"""Experiments: criteria written before they start and frozen, changes in sight, a lesson whatever the result."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from PIL import Image

from reciproque.initiatives import actions
from reciproque.initiatives.models import Experiment, Frame, LogEntry, WorkGroup
from reciproque.initiatives.queries import experiments_of, lessons_of, picture_path, story_of
from reciproque.initiatives.rules import ExperimentState
from reciproque.people.models import Person

E = ExperimentState


def test_support_is_asked_for_what_is_wholly_written(working: Frame, bob: Person) -> None:
    trial = actions.draft_experiment(working, by=bob, title="Une idée")

    with pytest.raises(ValidationError) as refused:
        actions.ask_support(trial, by=bob)

    # The criteria and the agreement of those concerned among them.
    assert set(refused.value.message_dict) == {
        "hypothesis",
        "where",
        "with_whom",
        "consent",
        "tied_to",
        "measure",
        "start_value",
        "criteria",
        "starts_on",
        "ends_on",
    }


def test_dates_make_sense(working: Frame, bob: Person) -> None:
    with pytest.raises(ValidationError, match="La fin vient après"):
        actions.draft_experiment(
            working, by=bob, title="Une idée", starts_on=dt.date(2026, 5, 1), ends_on=dt.date(2026, 4, 1)
        )


def test_it_starts_only_once_supported(
    make_trial: Callable[..., Experiment], bob: Person, dora: Person, alice: Person
) -> None:
    trial = make_trial("asked")
    with pytest.raises(ValidationError, match="quand le comité l’a soutenue"):
        actions.start_experiment(trial, by=bob)
    with pytest.raises(PermissionDenied):
        actions.answer_support(trial, by=alice, supported=True)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.answer_support(trial, by=dora, supported=False)
    actions.answer_support(trial, by=dora, supported=True)
    actions.start_experiment(trial, by=bob)
    assert trial.state == E.RUNNING
    assert trial.frozen_at is not None


def test_what_the_committee_reads_does_not_change_under_its_eyes(
    make_trial: Callable[..., Experiment], bob: Person
) -> None:
    trial = make_trial("asked")
    actions.edit_experiment(trial, by=bob, where="Bureau de Rezé")
    with pytest.raises(ValidationError, match="lit cette version"):
        actions.edit_experiment(trial, by=bob, criteria="Moins de 13 minutes")
    trial.refresh_from_db()
    assert trial.criteria.startswith("Moins de 9")


def test_a_change_of_criteria_says_why_and_the_old_ones_stay_in_sight(
    make_trial: Callable[..., Experiment], bob: Person, chloe: Person, dora: Person
) -> None:
    trial = make_trial("running")
    before = trial.criteria
    with pytest.raises(ValidationError, match="a commencé"):
        actions.edit_experiment(trial, by=bob, criteria="Moins de 13 minutes")
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.change_criteria(trial, by=bob, criteria="Moins de 10 minutes", reason=" ")
    with pytest.raises(PermissionDenied):
        actions.change_criteria(trial, by=chloe, criteria="Moins de 10 minutes", reason="Pour aider")
    actions.change_criteria(
        trial, by=bob, criteria="Moins de 10 minutes", reason="Le bureau a fermé un guichet"
    )

    story = story_of(trial, dora)
    assert [(one.criteria, one.reason, one.by) for one in story.versions] == [
        (before, "Le bureau a fermé un guichet", bob)
    ]
    assert "criteria" in [one.kind for one in story.timeline]


@pytest.mark.parametrize("state", ["measured", "decided"])
def test_criteria_are_not_edited_after_the_result(
    state: str, make_trial: Callable[..., Experiment], bob: Person
) -> None:
    trial = make_trial(state)
    with pytest.raises(ValidationError, match="Le résultat est connu"):
        actions.change_criteria(trial, by=bob, criteria="Plus de 9 minutes", reason="C’est ce qu’on a")
    with pytest.raises(ValidationError):
        actions.edit_experiment(trial, by=bob, criteria="Plus de 9 minutes")


def test_the_tables_refuse_a_start_without_criteria_and_an_end_without_lesson(
    make_trial: Callable[..., Experiment],
) -> None:
    running, decided = make_trial("running"), make_trial("decided")
    for trial, changes in (
        (running, {"criteria": ""}),
        (running, {"frozen_at": None}),
        (decided, {"lesson": ""}),
        (decided, {"decision": ""}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Experiment.objects.filter(pk=trial.pk).update(**changes)


@pytest.mark.parametrize("decision", ["adopt", "adapt", "widen", "stop"])
def test_whatever_is_decided_a_lesson_is_written(
    decision: str,
    make_trial: Callable[..., Experiment],
    working: Frame,
    dora: Person,
    said: Callable[[str], list[Any]],
) -> None:
    trial = make_trial("measured")
    with pytest.raises(ValidationError) as refused:
        actions.decide_experiment(trial, by=dora, decision=decision, lesson="  ")
    assert list(refused.value.message_dict) == ["lesson"]
    actions.decide_experiment(trial, by=dora, decision=decision, lesson="L’attente est au téléphone")

    assert lessons_of(working) == [trial]
    [fact] = said("experiment.decided")
    assert fact.data["decision"] == decision


def test_what_has_started_is_stopped_with_a_lesson_not_dropped(
    make_trial: Callable[..., Experiment], bob: Person
) -> None:
    with pytest.raises(ValidationError, match="arrêtez-la avec une leçon"):
        actions.drop_experiment(make_trial("running"), by=bob)


def test_it_belongs_to_its_owner_its_group_and_the_animators(
    make_trial: Callable[..., Experiment],
    group: WorkGroup,
    everyone: dict[str, Person],
    verdict: Callable[[Callable[[], Any]], str],
) -> None:
    trial = make_trial("ready", group=group)
    may = {
        name
        for name, by in everyone.items()
        if verdict(lambda by=by: actions.start_experiment(trial, by=by)) == "yes"
    }
    assert may == {"bob", "alice", "admin"}
    actions.start_experiment(trial, by=group.members.last().person)


def test_it_is_handed_to_another_member(
    make_trial: Callable[..., Experiment], bob: Person, chloe: Person, fatou: Person
) -> None:
    trial = make_trial("running")
    with pytest.raises(ValidationError, match="ne fait pas partie"):
        actions.hand_experiment(trial, fatou, by=bob)
    actions.hand_experiment(trial, chloe, by=bob)
    assert trial.owner == chloe
    assert [step.owner for step in story_of(trial, bob).steps] == [chloe]


def png() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return io.BytesIO(out.getvalue())


def test_the_journal_keeps_pictures_with_their_words(
    make_trial: Callable[..., Experiment], bob: Person, chloe: Person, settings: Any
) -> None:
    trial = make_trial("running")
    with pytest.raises(PermissionDenied):
        actions.write_log(trial, by=chloe, words="Je passais par là")
    with pytest.raises(ValidationError) as refused:
        actions.write_log(trial, by=bob, words="Jour un", picture=png())
    assert list(refused.value.message_dict) == ["picture_words"]
    with pytest.raises(ValidationError) as refused:
        actions.write_log(
            trial, by=bob, words="Jour un", picture=io.BytesIO(b"%PDF-1.4\n"), picture_words="Le guichet"
        )
    assert list(refused.value.message_dict) == ["picture"]
    assert not LogEntry.objects.exists()
    assert list(Path(settings.DATA).glob("initiatives/??/*")) == []

    entry = actions.write_log(trial, by=bob, words="Jour un", picture=png(), picture_words="Le guichet")
    path = picture_path(entry)
    assert path is not None
    assert path.read_bytes().startswith(b"\x89PNG")


def test_pictures_that_no_page_knows_are_swept(make_trial: Callable[..., Experiment], bob: Person) -> None:
    import os

    trial = make_trial("running")
    kept = actions.write_log(trial, by=bob, words="Un", picture=png(), picture_words="Le guichet")
    lost = actions.write_log(trial, by=bob, words="Deux", picture=png(), picture_words="Le banc")
    paths = [picture_path(kept), picture_path(lost)]
    lost.delete()
    for path in paths:
        assert path is not None
        os.utime(path, (0, 0))
    assert actions.sweep_pictures() == 1
    assert [path.exists() for path in paths if path] == [True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_read_in_one_query(
    count: int, make_trial: Callable[..., Experiment], working: Frame, chloe: Person, queries: Any
) -> None:
    for _n in range(count):
        make_trial("running")
    with queries() as seen:
        rows = experiments_of(working, chloe)
        assert [row.owner.first_name for row in rows] == ["Bob"] * count
    assert len(seen) == 1


def test_the_picture_of_its_time_says_what_is_done_and_what_is_to_come(
    make_trial: Callable[..., Experiment], bob: Person
) -> None:
    trial = make_trial("running")
    point = actions.add_checkpoint(trial, by=bob, due_on=dt.date(2026, 3, 20))
    with pytest.raises(ValidationError, match="après la fin"):
        actions.add_checkpoint(trial, by=bob, due_on=dt.date(2026, 9, 1))
    assert [(one.kind, one.done) for one in story_of(trial, bob).timeline] == [
        ("written", True),
        ("started", True),
        ("checkpoint", False),
        ("measured", False),
    ]
    actions.do_checkpoint(point, by=bob, words="Douze minutes")
    with pytest.raises(ValidationError, match="déjà fait"):
        actions.do_checkpoint(point, by=bob, words="Onze")
