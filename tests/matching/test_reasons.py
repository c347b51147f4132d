"""Why this person, why not that one: every word that matching can say, in both languages, and what it keeps to itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from reciproque.matching.actions import compute_suggestions, dismiss_suggestion, rule
from reciproque.matching.engine.score import TERMS, Refusal, Weights
from reciproque.matching.models import Suggestion
from reciproque.matching.queries import why, why_not
from reciproque.matching.rules import LABELS, RulingKind, explained, reasons, refusal_words, term_words
from reciproque.networks.actions import change_capacity
from tests.matching.conftest import EXCEL, EXCEL_TOO, TALK

SNAPSHOT = Path(__file__).parent / "reasons.txt"
CASES: list[dict[str, int]] = [
    {"closeness": 9200, "same_topic": 10_000, "level_fit": 9000, "fairness": 10_000},
    {"closeness": 6500, "waiting": 8000, "other_department": 10_000},
    {"closeness": 4000, "same_site": 10_000, "balance": 9000, "common_language": 5000},
    {"closeness": 3600, "stability": 10_000, "fairness": 2000, "level_fit": 3000},
]


def everything_said() -> str:
    """Every sentence of this floor about a pair, by language."""
    lines: list[str] = []
    for language in ("fr", "en"):
        with translation.override(language):
            lines += [f"# {language}", ""]
            for name in TERMS:
                said = [term_words(name, value, mine=True) for value in (10_000, 7000, 4000, 0)]
                lines.append(f"{LABELS[name]}: {' | '.join(dict.fromkeys(said))}")
            lines += ["", *refusal_words([refusal.name or "" for refusal in Refusal])]
            lines += refusal_words(["SELF_FULL", "PRIVATE"])
            for terms in CASES:
                held = dict.fromkeys(TERMS, 0) | terms
                lines += ["", *reasons(held, mine=True), "-", *reasons(held, mine=False), "-"]
                told = explained(held, Weights().contributions(held), mine=True)
                lines += [f"{row.label}: {row.words} ({row.points})" for row in told if row.points]
            lines.append("")
    return "\n".join(lines)


def test_every_sentence_is_as_it_was_read() -> None:
    """`SNAPSHOTS=write pytest tests/matching/test_reasons.py` writes them again: read the difference aloud."""
    said = everything_said()
    if os.environ.get("SNAPSHOTS") == "write":
        SNAPSHOT.write_text(said, encoding="utf-8")
    assert said == SNAPSHOT.read_text(encoding="utf-8")


def test_both_languages_say_something_else_for_each_value() -> None:
    for name in TERMS:
        said = set()
        for language in ("fr", "en"):
            with translation.override(language):
                said |= {term_words(name, value, mine=False) for value in (10_000, 0)}
        assert len(said) == 4


@pytest.fixture
def pair(published: Any, bob: Any, chloe: Any, dora: Any) -> Any:
    """Bob's request, Chloé's offer which suits it, Dora's which does not."""

    class Pair:
        offer = published(chloe, "offer", EXCEL)
        far = published(dora, "offer", TALK)
        request = published(bob, "request", EXCEL_TOO)

    return Pair


def test_why_this_person_adds_up_to_the_score(network: Any, bob: Any, pair: Any) -> None:
    suggestion = Suggestion.objects.get(request=pair.request, offer=pair.offer)
    told = why(suggestion, bob)
    assert told.reasons[0].name == "closeness"
    assert abs(sum(reason.points for reason in told.reasons) - suggestion.score) <= len(TERMS)
    assert (told.place, told.others) == (1, 0)


def test_why_not_says_what_forbids(
    network: Any, alice: Any, bob: Any, chloe: Any, pair: Any, member: Any
) -> None:
    assert why_not(pair.request, pair.offer, bob).proposed
    far = why_not(pair.request, pair.far, bob)
    assert (far.too_far, far.proposed, far.place) == (True, False, 0)
    change_capacity(member(chloe), give=0, receive=1, by=chloe)
    # A week too full reads as a private refusal does: neither tells the other.
    assert why_not(pair.request, pair.offer, bob).refusals == refusal_words(["PRIVATE"])
    change_capacity(member(chloe), give=2, receive=1, by=chloe)
    change_capacity(member(bob), give=1, receive=0, by=bob)
    assert why_not(pair.request, pair.offer, bob).refusals == refusal_words(["SELF_FULL"])


def test_what_the_other_one_or_an_animator_decided_is_not_told(
    network: Any, alice: Any, bob: Any, chloe: Any, pair: Any
) -> None:
    suggestion = Suggestion.objects.get(request=pair.request, offer=pair.offer)
    dismiss_suggestion(suggestion, by=chloe)
    private = refusal_words(["PRIVATE"])
    assert why_not(pair.request, pair.offer, bob).refusals == private
    Suggestion.objects.update(answered_by=bob)
    assert why_not(pair.request, pair.offer, bob).refusals == refusal_words(["DECLINED"])
    Suggestion.objects.all().delete()
    rule(network, pair.request, pair.offer, kind=RulingKind.FORBID, by=alice)
    assert why_not(pair.request, pair.offer, bob).refusals == private


def test_why_not_first_says_what_the_others_have_more(
    network: Any, bob: Any, dora: Any, pair: Any, published: Any
) -> None:
    second = published(dora, "offer", "Faire un tableau sous Excel")
    compute_suggestions(network)
    told = why_not(pair.request, second, bob)
    assert told.place == 2
    with translation.override("en"):
        assert why_not(pair.request, second, bob).others_have == [
            "their topic is closer to what you are looking for"
        ]
    assert told.others_have == ["leur sujet est plus proche de ce que vous cherchez"]


def test_a_withdrawn_offer_says_so(bob: Any, chloe: Any, pair: Any, run_reactions: Any) -> None:
    from reciproque.catalogue.actions import withdraw_post

    withdraw_post(pair.offer, by=chloe)
    run_reactions()
    pair.offer.refresh_from_db()
    assert why_not(pair.request, pair.offer, bob).refusals == refusal_words(["WITHDRAWN"])


def test_hostile_titles_break_nothing(
    network: Any, bob: Any, chloe: Any, published: Any, naughty: list[str]
) -> None:
    from django.core.exceptions import ValidationError

    request = published(bob, "request", EXCEL_TOO)
    tried = 0
    for words in naughty[::9]:
        try:
            offer = published(chloe, "offer", f"{words[:60]} tableau croisé dynamique"[:120])
        except ValidationError:
            continue
        tried += 1
        assert why_not(request, offer, bob).reasons
        if tried >= 15:
            break
    assert tried
