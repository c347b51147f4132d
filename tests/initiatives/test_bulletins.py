"""The bulletin: what the facts since the last one say, edited by who animates, sent once; what is shown outside."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.initiatives import actions
from reciproque.initiatives.access import get_bulletin
from reciproque.initiatives.actions.bulletins import (
    drop_bulletin,
    edit_bulletin,
    prepare_bulletin,
    seen_mark,
    send_bulletin,
)
from reciproque.initiatives.models import Bulletin, Frame, Proposal
from reciproque.initiatives.queries.bulletins import bulletins_of, html_of, since_last
from reciproque.initiatives.queries.showcase import showcase_of
from reciproque.insights.queries.learning import learning_figures
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from tests.initiatives.conftest import day, later
from tests.initiatives.launch import frame_at_launch

TEXTS: dict[str, Any] = {
    "problem": "On attend.",
    "words": "Rappeler.",
    "gains": "Tout le monde.",
    "tied_to": "customer",
}


@pytest.fixture
def frame(network: Any, alice: Any, dora: Any) -> Frame:
    frame = frame_at_launch(network, alice)
    actions.join_committee(frame, by=alice, person=dora)
    return frame


def propose(frame: Frame, by: Any, title: str) -> Proposal:
    proposal = actions.draft_proposal(frame, by=by, title=title, **TEXTS)
    return actions.submit_proposal(proposal, by=by)


def bulletin_of(frame: Frame, by: Any, n: int = 1) -> Bulletin:
    with clock.at(later(n)):
        return prepare_bulletin(frame, by=by)


def test_it_is_prepared_from_what_happened_since_the_last_one(
    frame: Frame, alice: Any, bob: Any, dora: Any
) -> None:
    actions.answer_proposal(
        propose(frame, bob, "Rappeler avant midi"), by=dora, kind="declined", reasons="La ligne est coupée."
    )
    waiting = propose(frame, bob, "Un seul numéro")
    actions.draft_proposal(frame, by=bob, title="Encore un brouillon", **TEXTS)
    first = bulletin_of(frame, alice)
    assert "## Ce qui a été décidé" in first.text
    assert "**Rappeler avant midi**" in first.text
    assert "La ligne est coupée." in first.text
    assert "**Un seul numéro** attend la réponse" in first.text
    assert "brouillon" not in first.text
    send_bulletin(first, by=alice)
    assert since_last(frame) == first.until
    with clock.at(later(2)):
        actions.answer_proposal(
            waiting, by=dora, kind="deferred", reasons="Après l’été, au budget.", until=day(60)
        )
    second = bulletin_of(frame, alice, 3)
    assert second.number == 2
    assert "Après l’été, au budget." in second.text
    assert "Rappeler avant midi" not in second.text


def test_what_was_typed_makes_no_markup(frame: Frame, alice: Any, bob: Any) -> None:
    propose(frame, bob, "[Un lien](https://example.org) **gras** <b>x</b>")
    html = html_of(bulletin_of(frame, alice))
    assert "<a " not in html
    assert "<b>" not in html
    assert "[Un lien](https://example.org)" in html


def test_only_those_who_frame_prepare_edit_and_send(frame: Frame, alice: Any, bob: Any) -> None:
    with pytest.raises(PermissionDenied):
        prepare_bulletin(frame, by=bob)
    bulletin = bulletin_of(frame, alice)
    assert prepare_bulletin(frame, by=alice).pk == bulletin.pk
    for act in (edit_bulletin, send_bulletin, drop_bulletin):
        more = {"title": "T", "text": "T"} if act is edit_bulletin else {}
        with pytest.raises(PermissionDenied):
            act(bulletin, by=bob, **more)
    with pytest.raises(NotThere):
        get_bulletin(bob, bulletin.public_id)
    assert bulletins_of(frame, bob) == []
    assert get_bulletin(alice, bulletin.public_id).pk == bulletin.pk


def test_of_two_who_edit_at_once_the_second_reads_a_sentence(frame: Frame, alice: Any) -> None:
    bulletin = bulletin_of(frame, alice)
    seen = seen_mark(bulletin)
    edit_bulletin(bulletin, by=alice, title="Un", text="Premier texte", seen=seen)
    with pytest.raises(ValidationError, match="vient de modifier"):
        edit_bulletin(bulletin, by=alice, title="Deux", text="Second texte", seen=seen)
    with pytest.raises(ValidationError, match="vient de modifier"):
        send_bulletin(bulletin, by=alice, seen=seen)
    bulletin.refresh_from_db()
    assert bulletin.text == "Premier texte"


def test_it_leaves_once_and_no_longer_changes(frame: Frame, alice: Any, bob: Any) -> None:
    bulletin = bulletin_of(frame, alice)
    with pytest.raises(ValidationError, match="au moins une phrase"):
        send_bulletin(bulletin, by=alice)
    edit_bulletin(bulletin, by=alice, title="Le premier", text="Bonjour")
    send_bulletin(bulletin, by=alice)
    for act in (
        lambda: send_bulletin(bulletin, by=alice),
        lambda: edit_bulletin(bulletin, by=alice, title="T", text="T"),
        lambda: drop_bulletin(bulletin, by=alice),
    ):
        with pytest.raises(ValidationError, match="déjà parti"):
            act()
    assert Fact.objects.filter(name="bulletin.sent", subject_id=bulletin.public_id).count() == 1
    assert get_bulletin(bob, bulletin.public_id).text == "Bonjour"


def test_one_given_up_leaves_its_time_to_the_next(frame: Frame, alice: Any) -> None:
    bulletin = bulletin_of(frame, alice)
    drop_bulletin(bulletin, by=alice)
    again = bulletin_of(frame, alice, 2)
    assert (again.number, again.since) == (1, frame.opened_at)


def test_the_organisation_reads_what_the_committee_chose(
    frame: Frame, alice: Any, bob: Any, dora: Any, fatou: Any
) -> None:
    bulletin = bulletin_of(frame, alice)
    edit_bulletin(bulletin, by=alice, title="Le premier", text="Bonjour")
    send_bulletin(bulletin, by=alice)
    done = propose(frame, bob, "Rappeler avant midi")
    actions.answer_proposal(done, by=dora, kind="declined", reasons="Pas cette année.")
    propose(frame, bob, "Encore à l’étude")
    assert showcase_of(frame.network) is None
    with pytest.raises(NotThere):
        get_bulletin(fatou, bulletin.public_id)
    actions.show_blocks(frame, by=dora, blocks=["vision", "proposals", "bulletins"])
    shown = showcase_of(frame.network)
    assert shown is not None
    assert shown.vision
    assert [one.title for one in shown.proposals] == ["Rappeler avant midi"]
    assert (len(shown.groups), len(shown.results), len(shown.committee)) == (0, 0, 0)
    assert get_bulletin(fatou, bulletin.public_id).pk == bulletin.pk


def test_the_figures_of_the_kit_are_the_network_s_own(
    frame: Frame, alice: Any, bob: Any, dora: Any, queries: Any
) -> None:
    actions.answer_proposal(
        propose(frame, bob, "Un"), by=dora, kind="declined", reasons="Non, car tout le dit."
    )
    propose(frame, bob, "Deux")
    with queries() as seen:
        figures = learning_figures(frame)
    assert (figures.submitted, figures.answered, figures.in_time, figures.carried) == (2, 1, 1, 0)
    assert figures.kept is None
    assert len(figures.themes) == 2
    assert len(seen) <= 9
