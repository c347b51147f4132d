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
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.tokens import sign
from reciproque.matching.actions import publish_suggestion
from reciproque.matching.models import Suggestion
from reciproque.networks.actions import change_capacity, change_settings, join_network
from reciproque.networks.models import Membership
from reciproque.notices.rules import TapKind
from reciproque.people.actions import forget_used_links, leave_organisation
from reciproque.people.models import UsedLink

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
    assert "Vous avez déjà répondu avec ce lien" in text_of(again)
    other = client.post(link(TapKind.REFUSE, chloe, asked), {"refusal": "full"})
    assert other.status_code == 410
    assert "déjà réglé" in text_of(other)
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


def test_a_link_serves_once_even_when_the_question_is_asked_again(
    exchange: Exchange, bob: Any, chloe: Any, client_of: Any
) -> None:
    """A meeting that did not take place may be fixed again: yesterday's link does not answer for tomorrow's date."""
    meeting = live_meeting(exchange)
    fix_date(meeting, clock.now() + DAY, by=bob)  # type: ignore[arg-type]
    client = client_of(None)
    with clock.at(clock.now() + 2 * DAY):
        url = link(TapKind.NOT_HELD, chloe, meeting)
        assert client.post(url).status_code == 200
        again = client.get(url)
        assert again.status_code == 200
        assert "Vous avez déjà répondu avec ce lien" in text_of(again)
        assert "mercredi 4 mars" in text_of(again)
        assert "<form" not in text_of(again).split("<main")[1], "nothing is left to press"
        assert client.post(url).status_code == 410
        assert UsedLink.objects.count() == 1


def test_a_slot_that_suits_several_people_is_taken_once_by_each(
    network: Any, exchange: Exchange, bob: Any, chloe: Any, client_of: Any
) -> None:
    meeting = live_meeting(exchange)
    [slot] = propose_slots(meeting, [clock.now() + DAY], by=bob)  # type: ignore[arg-type]
    url = link(TapKind.SLOT, chloe, slot)
    assert client_of(None).post(url).status_code == 200
    facts = Fact.objects.count()
    assert client_of(None).post(url).status_code == 410
    assert Fact.objects.count() == facts


def test_a_refused_answer_leaves_the_link_whole(
    asked: Introduction, network: Any, chloe: Any, client_of: Any
) -> None:
    membership = Membership.objects.get(person=chloe, network=network)
    change_capacity(membership, by=chloe, give=0, receive=1)
    url = link(TapKind.ACCEPT, chloe, asked)
    assert client_of(None).post(url).status_code == 422
    assert UsedLink.objects.count() == 0
    change_capacity(membership, by=chloe, give=1, receive=1)
    assert client_of(None).post(url).status_code == 200


def test_scanners_and_previews_change_nothing(
    asked: Introduction, chloe: Any, client_of: Any, queries: Any
) -> None:
    url = link(TapKind.ACCEPT, chloe, asked)
    client = client_of(None)
    with queries() as seen:
        assert client.head(url).status_code == 200
        assert client.get(url, headers={"sec-purpose": "prefetch"}).status_code == 200
        assert client.options(url).status_code == 405
        assert client.put(url).status_code == 405
    assert not [q for q in seen.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    asked.refresh_from_db()
    assert asked.state == IntroductionState.ASKED


def test_two_presses_at_the_same_instant_answer_once(
    asked: Introduction, chloe: Any, client_of: Any, at_once: Any
) -> None:
    url = link(TapKind.ACCEPT, chloe, asked)
    answers = at_once(*(lambda: client_of(None).post(url).status_code for _ in range(3)))
    assert answers.count(200) == 1, answers
    assert set(answers) <= {200, 410, 422}
    assert Exchange.objects.count() == 1
    assert UsedLink.objects.count() == 1


@pytest.fixture
def proposed(network: Any, alice: Any, bob: Any, chloe: Any, make_post: Any) -> Suggestion:
    """The team proposes Chloé's offer for Bob's request."""
    suggestion = Suggestion.objects.create(
        network=network,
        request=make_post(bob, "request", "Préparer un entretien délicat"),
        offer=make_post(chloe, "offer", "Mener un entretien difficile"),
        score=9000,
        terms={"closeness": 9000},
    )
    publish_suggestion(suggestion, by=alice)
    return suggestion


def test_saying_yes_to_a_person_proposed(proposed: Suggestion, bob: Any, chloe: Any, client_of: Any) -> None:
    url = link("try", bob, proposed)
    page = text_of(client_of(None).get(url))
    assert "Oui, me mettre en relation avec Chloé Le Goff" in page
    assert "Mener un entretien difficile" in page
    assert Introduction.objects.count() == 0
    assert client_of(None).post(url).status_code == 200
    asked = Introduction.objects.get()
    assert (asked.requester, asked.offerer) == (bob, chloe)
    assert asked.request_id == proposed.request_id
    assert client_of(None).post(url).status_code == 410
    # Only whom it is proposed to: not the one proposed, not a stranger.
    assert client_of(None).post(link("try", chloe, proposed)).status_code == 410
    assert Introduction.objects.count() == 1


def test_putting_a_person_proposed_off(proposed: Suggestion, bob: Any, client_of: Any) -> None:
    assert client_of(None).post(link("later", bob, proposed)).status_code == 200
    proposed.refresh_from_db()
    assert proposed.put_off_until is not None
    assert Introduction.objects.count() == 0
    assert client_of(None).post(link("try", bob, proposed)).status_code == 410, "settled for now"


@pytest.mark.parametrize(("kind", "asked_again"), [("next", 2), ("next_no", 1)])
def test_the_next_person_after_a_no(
    asked: Introduction,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    client_of: Any,
    run_reactions: Any,
    kind: str,
    asked_again: int,
) -> None:
    make_post(dora, "offer", "Mener un entretien difficile")
    run_reactions()
    actions.refuse_introduction(asked, by=chloe, refusal="time")
    run_reactions()
    url = link(kind, bob, asked)
    page = client_of(None).get(url)
    assert page.status_code == 200, text_of(page)
    assert "Dora Haddad" in text_of(page) or kind == "next_no"
    assert client_of(None).post(link(kind, chloe, asked)).status_code == 410, "it is Bob who asks"
    assert client_of(None).post(url).status_code == 200
    assert Introduction.objects.count() == asked_again
    assert client_of(None).post(url).status_code == 410


def test_links_used_long_ago_are_forgotten(asked: Introduction, chloe: Any, client_of: Any) -> None:
    client_of(None).post(link(TapKind.ACCEPT, chloe, asked))
    with clock.at(clock.now() + 60 * DAY):
        assert forget_used_links() == 0
    with clock.at(clock.now() + 91 * DAY):
        assert forget_used_links() == 1


def test_an_animator_welcomes_somebody_from_the_letter(
    network: Any, alice: Any, bob: Any, make_person: Any, client_of: Any, admin: Any
) -> None:
    change_settings(network, by=admin, admission="approval")
    gus = make_person("Gus", "Le Bihan")
    applied = join_network(network, gus, by=gus, application="mot privé")
    url = link(TapKind.ADMIT, alice, applied)
    page = text_of(client_of(None).get(url))
    assert "Accueillir Gus Le Bihan" in page
    # A link made for somebody who does not animate the network opens nothing.
    assert client_of(None).post(link(TapKind.ADMIT, bob, applied)).status_code == 410
    applied.refresh_from_db()
    assert applied.state == "applied"
    assert client_of(None).post(url).status_code == 200
    applied.refresh_from_db()
    assert applied.state == "member"
    assert client_of(None).post(url).status_code == 410
