"""What a study is given of questionnaires: the totals already told, and not one word that anybody wrote."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciproque.insights.actions import answer_study, ask_study
from reciproque.insights.queries.studies import exposed_in, sheets_of
from reciproque.insights.queries.study_rows import read_raw
from reciproque.insights.rules.studies import USUAL_GRAINS
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from reciproque.surveys.actions import close_campaign
from tests.surveys.conftest import NO

pytestmark = pytest.mark.django_db


def test_totals_are_given_as_they_were_told_and_no_words(
    network: Any, send: Any, crowd: Any, answer: Any, alice: Any, dora: Any
) -> None:
    grant_role(network, dora, "sponsor", by=None)
    study = ask_study(
        network,
        by=alice,
        title="Une étude",
        researcher="C. Cheur",
        institution="Université",
        purpose="Comprendre.",
        basis="public",
        tables=["answers"],
        grains=USUAL_GRAINS,
        linked=False,
        until=clock.now().date() + dt.timedelta(days=60),
    )
    answer_study(study, by=dora, agreed=True)
    people = crowd(20)
    campaign = send()
    for number, person in enumerate(people):
        there = {"took_part": "yes", "useful": ["some", "much"][number % 2], "where": ["yes"], "hours": "7"}
        away = {**NO, "hours": "2", "words": f"Mot secret {number}"}
        answer(campaign, person, there if number < 12 else away)
    assert read_raw(study).answers == []
    close_campaign(campaign, by=alice)
    raw = read_raw(study)
    (sheet,) = sheets_of(raw, ["answers"], USUAL_GRAINS, linked=False)
    assert sheet.rows
    assert all(count == 0 or count >= 5 for *_words, count in sheet.rows)
    assert "Mot secret" not in str(sheet.rows)
    assert exposed_in(raw, ["answers"], USUAL_GRAINS, linked=False) == []
