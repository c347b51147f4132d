"""One-tap links: the answer chosen, one button, no sign-in; a link that is past, forged or another's says so."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.agenda.actions import fix_date, propose_slots
from reciproque.agenda.queries import live_meeting
from reciproque.agenda.rules import MeetingState
from reciproque.catalogue.actions import warn_expiring, withdraw_post
from reciproque.exchanges import actions
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.rules import ExchangeState, IntroductionState
from reciproque.kit import clock
from reciproque.kit.tokens import sign
from reciproque.networks.actions import change_capacity
from reciproque.networks.models import Membership
from reciproque.notices.rules import TapKind
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)


def text_of(response: Any) -> str:
    return response.content.decode()


def link(kind: str, person: Any, subject: Any, **more: Any) -> str:
    return reverse(
        "exchanges:tap", args=[sign(kind, person=person.public_id, subject=subject.public_id, **more)]
    )


@pytest.fixture
def asked(network: Any, bob: Any, chloe: Any, make_post: Any) -> Introduction:
    """Bob asked Chloé, who has not answered."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile")
    return actions.ask_introduction(network, requester=bob, offerer=chloe, by=bob, offer=offer)


@pytest.fixture
def exchange(asked: Introduction, chloe: Any) -> Exchange:
    actions.accept_introduction(asked, by=chloe)
    return Exchange.objects.get()


def test_yes_without_signing_in(asked: Introduction, chloe: Any, client_of: Any) -> None:
    client, url = client_of(None), link(TapKind.ACCEPT, chloe, asked)
    page = client.get(url)
    assert page.status_code == 200
    assert "Bob Riou aimerait apprendre de vous." in text_of(page)
    assert text_of(page).count("<button") - text_of(page).count("data-close") <= 4  # languages and ours
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED  # nothing is done on GET: mail programs open links
    assert "C’est oui" in text_of(client.post(url))
    asked.refresh_from_db()
    assert asked.state == IntroductionState.AGREED
    assert "_auth_user_id" not in client.session
    again = client.post(url)
    assert again.status_code == 410
    assert "déjà réglé" in text_of(again)
    assert Exchange.objects.count() == 1


def test_no_takes_its_reason(asked: Introduction, chloe: Any, client_of: Any) -> None:
    url = link(TapKind.REFUSE, chloe, asked)
    assert client_of(None).post(url).status_code == 422
    assert client_of(None).post(url, {"refusal": "full"}).status_code == 200
    asked.refresh_from_db()
    assert asked.refusal == "full"


def test_a_capacity_reached_meanwhile_is_said(
    asked: Introduction, network: Any, chloe: Any, client_of: Any
) -> None:
    change_capacity(Membership.objects.get(person=chloe, network=network), by=chloe, give=0, receive=1)
    response = client_of(None).post(link(TapKind.ACCEPT, chloe, asked))
    assert response.status_code == 422
    assert "déjà autant d’échanges" in text_of(response)


def test_a_link_of_somebody_else_names_nobody(
    asked: Introduction, bob: Any, chloe: Any, client_of: Any
) -> None:
    url = link(TapKind.ACCEPT, chloe, asked)
    for response in (client_of(bob).get(url), client_of(bob).post(url)):
        assert response.status_code == 403
        assert "destiné à une autre personne" in text_of(response)
        assert "Chloé" not in text_of(response)
        assert asked.title not in text_of(response)
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED
    assert client_of(chloe).post(url).status_code == 200


def test_past_forged_and_cut_links(asked: Introduction, bob: Any, chloe: Any, client_of: Any) -> None:
    url = link(TapKind.ACCEPT, chloe, asked)
    with clock.at(clock.now() + 31 * DAY):
        response = client_of(None).post(url)
    assert response.status_code == 410
    assert "Se connecter" in text_of(response)
    assert client_of(None).get(url[:-3] + "/").status_code == 404
    assert client_of(None).get(reverse("exchanges:tap", args=["é.x"])).status_code == 404
    assert client_of(None).get(link("become_admin", chloe, asked)).status_code == 404
    # Signed for someone who is not one of its people: there is nothing there for them.
    assert client_of(None).post(link(TapKind.ACCEPT, bob, asked)).status_code == 410
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED


def test_a_link_of_someone_who_left_does_nothing(asked: Introduction, chloe: Any, client_of: Any) -> None:
    url = link(TapKind.ACCEPT, chloe, asked)
    leave_organisation(chloe, by=None)
    assert client_of(None).post(url).status_code == 404
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED


def test_a_withdrawn_offer_meanwhile(
    asked: Introduction, chloe: Any, client_of: Any, run_reactions: Any
) -> None:
    withdraw_post(asked.offer, by=chloe)  # type: ignore[arg-type]
    run_reactions()
    assert client_of(None).post(link(TapKind.ACCEPT, chloe, asked)).status_code == 410


def test_choosing_a_date(exchange: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    meeting = live_meeting(exchange)
    slots = propose_slots(meeting, [clock.now() + DAY, clock.now() + 2 * DAY], by=bob)  # type: ignore[arg-type]
    url = link(TapKind.SLOT, chloe, slots[1])
    assert "mercredi 4 mars" in text_of(client_of(None).get(url))
    assert client_of(None).post(url).status_code == 200
    meeting.refresh_from_db()  # type: ignore[union-attr]
    assert meeting.state == MeetingState.FIXED  # type: ignore[union-attr]
    assert client_of(None).post(link(TapKind.SLOT, chloe, slots[0])).status_code == 410


def test_a_date_already_past_is_said(exchange: Exchange, bob: Any, chloe: Any, client_of: Any) -> None:
    meeting = live_meeting(exchange)
    slots = propose_slots(meeting, [clock.now() + DAY], by=bob)  # type: ignore[arg-type]
    with clock.at(clock.now() + 2 * DAY):
        assert client_of(None).post(link(TapKind.SLOT, chloe, slots[0])).status_code == 410


@pytest.mark.parametrize(
    ("kind", "state"), [("held", ExchangeState.FINISHED), ("not_held", ExchangeState.OPEN)]
)
def test_it_took_place_or_not(
    exchange: Exchange, bob: Any, chloe: Any, client_of: Any, kind: str, state: str
) -> None:
    meeting = live_meeting(exchange)
    fix_date(meeting, clock.now() + DAY, by=bob)  # type: ignore[arg-type]
    url = link(kind, chloe, meeting)
    assert client_of(None).post(url).status_code == 410  # not yet
    with clock.at(clock.now() + 2 * DAY):
        assert client_of(None).post(url).status_code == 200
        assert client_of(None).post(url).status_code == 410
    exchange.refresh_from_db()
    assert exchange.state == state


def test_renewing_and_confirming(network: Any, bob: Any, chloe: Any, make_post: Any, client_of: Any) -> None:
    post = make_post(bob, "offer")
    before = post.expires_at
    assert client_of(None).post(link(TapKind.RENEW, bob, post)).status_code == 410, "not asked yet"
    with clock.at(clock.now() + 360 * DAY):
        warn_expiring()
        assert client_of(None).post(link(TapKind.RENEW, bob, post)).status_code == 200
        assert client_of(None).post(link(TapKind.RENEW, bob, post)).status_code == 410, "once"
    post.refresh_from_db()
    assert post.expires_at > before
    assert client_of(None).post(link(TapKind.RENEW, chloe, post)).status_code == 410
    exchange = actions.declare_exchange(
        network, requester=bob, offerer=chloe, by=bob, title="Un café", held_on=dt.date(2026, 2, 20)
    )
    assert client_of(None).post(link(TapKind.CONFIRM, bob, exchange)).status_code == 410
    assert client_of(None).post(link(TapKind.CONFIRM, chloe, exchange)).status_code == 200
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.CLOSED


def test_the_page_speaks_its_persons_language(asked: Introduction, chloe: Any, client_of: Any) -> None:
    response = client_of(None).get(link(TapKind.ACCEPT, chloe, asked), headers={"accept-language": "en"})
    assert '<html lang="fr"' in text_of(response)
