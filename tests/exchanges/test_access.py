"""The cast × the verbs of an exchange's life. Animators accompany: they never read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reciproque.agenda.queries import live_meeting
from reciproque.exchanges import access, actions
from reciproque.exchanges.models import Exchange, Introduction, ThreadMessage
from reciproque.exchanges.queries import subject_of
from reciproque.kit import clock
from reciproque.networks.actions import grant_role, leave_network, withdraw_role
from reciproque.networks.models import Membership, RoleGrant
from reciproque.people.actions import leave_organisation

ANIMATION = {"admin", "alice"}
Verb = tuple[Callable[[Any, Any], Any], set[str]]


def table(verbs: dict[str, Verb], row: Any, everyone: Any, verdict: Any) -> None:
    """Each verb by each one of the cast, on the row as a page would fetch it."""
    for verb, (gesture, allowed) in verbs.items():
        answers = {
            name: verdict(lambda: gesture(type(row).objects.get(pk=row.pk), by))  # noqa: B023
            for name, by in everyone.items()
        }
        assert answers == {name: "yes" if name in allowed else "no" for name in everyone}, verb


# Bob asked, Chloé has not answered. Alice animates, Dora and Émile are members, Fatou is elsewhere.
ASKED: dict[str, Verb] = {
    "accept": (lambda row, by: actions.accept_introduction(row, by=by), {"chloe"}),
    "refuse": (lambda row, by: actions.refuse_introduction(row, by=by, refusal="time"), {"chloe"}),
    "question": (lambda row, by: actions.ask_question(row, by=by, text="Quand ?"), {"chloe"}),
    "withdraw": (lambda row, by: actions.withdraw_introduction(row, by=by), {"bob", "chloe"}),
    "agree": (lambda row, by: actions.agree_introduction(row, by=by), set()),
    "end_unmatched": (lambda row, by: actions.end_unmatched(row, by=by), set()),
    "remove the first message": (
        lambda row, by: actions.remove_message(row.thread.messages.get(), by=by),
        {"bob"},
    ),
}


def test_who_answers_an_introduction(introduction: Introduction, everyone: Any, verdict: Any) -> None:
    table(ASKED, introduction, everyone, verdict)
    write = {
        name: verdict(lambda by=by: actions.write_message(introduction, "Bonjour", by=by))
        for name, by in everyone.items()
    }
    assert write == dict.fromkeys(everyone, "no") | {"bob": "yes", "chloe": "refused"}  # she answers first
    actions.ask_question(introduction, by=everyone["chloe"], text="Quand ?")
    table(
        {"reply": (lambda row, by: actions.reply_question(row, by=by, text="Vite"), {"bob"})},
        introduction,
        everyone,
        verdict,
    )


# Bob asked Dora, who said yes; Chloé mediates.
MEDIATED: dict[str, Verb] = {
    "agree": (lambda row, by: actions.agree_introduction(row, by=by), {"chloe"}),
    "end_unmatched": (lambda row, by: actions.end_unmatched(row, by=by), {"chloe"}),
    "terms": (lambda row, by: actions.write_terms(row, by=by, content="Les bases"), {"bob", "dora", "chloe"}),
    "withdraw": (lambda row, by: actions.withdraw_introduction(row, by=by), {"bob", "dora"}),
    "write": (lambda row, by: actions.write_message(row, "Bonjour", by=by), {"bob", "dora", "chloe"}),
    "assign": (
        lambda row, by: actions.assign_mediator(row, RoleGrant.objects.get(role="animator").person, by=by),
        ANIMATION,
    ),
    "accept again": (lambda row, by: actions.accept_introduction(row, by=by), {"dora"}),
    "refuse": (lambda row, by: actions.refuse_introduction(row, by=by, refusal="time"), set()),
}


def test_who_leads_a_mediation(mediated: Introduction, everyone: Any, verdict: Any) -> None:
    table(MEDIATED, mediated, everyone, verdict)


OPEN: dict[str, Verb] = {
    "terms": (lambda row, by: actions.write_terms(row, by=by, content="Les bases"), {"bob", "chloe"}),
    "stop": (lambda row, by: actions.stop_exchange(row, by=by, reason="Mutation"), {"bob", "chloe"}),
    "extend": (lambda row, by: actions.extend_exchange(row, by=by), {"bob", "chloe"}),
    "write": (lambda row, by: actions.write_message(row, "Bonjour", by=by), {"bob", "chloe"}),
    "say_held": (lambda row, by: actions.say_held(live_meeting(row), by=by, held=False), {"bob", "chloe"}),
    "call_off": (
        lambda row, by: actions.call_off_meeting(live_meeting(row), by=by, reason="Grippe"),
        {"bob", "chloe"},
    ),
    "confirm": (lambda row, by: actions.confirm_exchange(row, by=by), set()),
}


def test_who_changes_an_exchange(exchange: Exchange, everyone: Any, verdict: Any) -> None:
    # Nothing was declared here: its people are told so, the others learn nothing.
    people = {name: verb for name, verb in OPEN.items() if name != "confirm"}
    table(people, exchange, everyone, verdict)
    answers = {name: verdict(lambda: OPEN["confirm"][0](exchange, by)) for name, by in everyone.items()}  # noqa: B023
    assert {name for name, answer in answers.items() if answer == "refused"} == {"bob", "chloe"}
    assert "yes" not in answers.values()


def test_who_reviews(finished: Exchange, bob: Any, everyone: Any, verdict: Any) -> None:
    table(
        {
            "review": (lambda row, by: actions.submit_review(row, by=by, satisfaction="4"), {"bob", "chloe"}),
            "review for Bob": (
                lambda row, by: actions.submit_review(row, by=by, author=bob, satisfaction="4"),
                ANIMATION | {"bob"},
            ),
            "finish": (lambda row, by: actions.finish_exchange(row, by=by), {"bob", "chloe"}),
        },
        finished,
        everyone,
        verdict,
    )
    assert {name for name, person in everyone.items() if access.can_review(person, finished)} == {
        "bob",
        "chloe",
    }


def test_who_declares_and_confirms(network: Any, bob: Any, chloe: Any, everyone: Any, verdict: Any) -> None:
    def declare(by: Any) -> Exchange:
        today = clock.now().date()
        return actions.declare_exchange(
            network, requester=bob, offerer=chloe, by=by, title="Excel", held_on=today
        )

    answers = {name: verdict(lambda: declare(by)) for name, by in everyone.items()}  # noqa: B023
    assert {name for name, answer in answers.items() if answer == "yes"} == ANIMATION | {"bob", "chloe"}
    for declarer, may in ((bob, {"chloe"}), (everyone["alice"], {"bob", "chloe"})):
        table(
            {
                "confirm": (lambda row, by: actions.confirm_exchange(row, by=by), may),
                "deny": (lambda row, by: actions.deny_exchange(row, by=by), may),
            },
            declare(declarer),
            everyone,
            verdict,
        )


def test_who_asks_for_whom(
    network: Any, bob: Any, chloe: Any, make_post: Any, everyone: Any, verdict: Any
) -> None:
    offer, request = make_post(chloe), make_post(bob, "request")

    def ask(by: Any, initiator: Any = None, **posts: Any) -> Any:
        posts = posts or {"offer": offer, "request": request}
        return actions.ask_introduction(
            network, requester=bob, offerer=chloe, by=by, initiator=initiator, **posts
        )

    oneself = {name: verdict(lambda: ask(by)) for name, by in everyone.items()}  # noqa: B023
    assert {name for name, answer in oneself.items() if answer == "yes"} == {"bob", "chloe"}
    for_bob = {name: verdict(lambda: ask(by, bob)) for name, by in everyone.items()}  # noqa: B023
    assert {name for name, answer in for_bob.items() if answer == "yes"} == ANIMATION | {"bob"}
    assert set(oneself.values()) | set(for_bob.values()) == {"yes", "no"}
    other = make_post(everyone["dora"])
    assert verdict(lambda: ask(bob, offer=other)) == "no"  # not Chloé's
    assert verdict(lambda: ask(bob, offer=None, request=None)) == "no"  # about nothing


# -- who sees what


def test_an_introduction_and_its_thread_are_private(
    introduction: Introduction, everyone: Any, verdict: Any
) -> None:
    looks: dict[str, Verb] = {
        "introduction": (lambda row, who: access.get_introduction(who, row.public_id), {"bob", "chloe"}),
        "thread": (lambda row, who: access.get_thread(who, row.thread.public_id), {"bob", "chloe"}),
        "accompaniment": (lambda row, who: access.get_for_accompaniment(who, row.public_id), ANIMATION),
        "own message": (
            lambda row, who: access.get_own_message(who, row.thread.messages.get().public_id),
            {"bob"},
        ),
    }
    for name, (look, allowed) in looks.items():
        answers = {who: verdict(lambda: look(introduction, person)) for who, person in everyone.items()}  # noqa: B023
        assert answers == {who: "yes" if who in allowed else "not there" for who in everyone}, name
    assert {who for who, person in everyone.items() if access.takes_part(person, introduction)} == {
        "bob",
        "chloe",
    }


def test_an_exchange_is_private_too(exchange: Exchange, everyone: Any, verdict: Any) -> None:
    looks: dict[str, Verb] = {
        "exchange": (lambda row, who: access.get_exchange(who, row.public_id), {"bob", "chloe"}),
        "accompaniment": (
            lambda row, who: access.get_exchange_for_accompaniment(who, row.public_id),
            ANIMATION,
        ),
    }
    for name, (look, allowed) in looks.items():
        answers = {who: verdict(lambda: look(exchange, person)) for who, person in everyone.items()}  # noqa: B023
        assert answers == {who: "yes" if who in allowed else "not there" for who in everyone}, name


def test_a_mediator_sees_only_while_mediating(
    mediated: Introduction, chloe: Any, alice: Any, bob: Any, verdict: Any
) -> None:
    def sees(person: Any) -> tuple[str, str]:
        return (
            verdict(lambda: access.get_introduction(person, mediated.public_id)),
            verdict(lambda: access.get_thread(person, mediated.thread.public_id)),
        )

    assert sees(chloe) == ("yes", "yes")
    actions.assign_mediator(mediated, alice, by=alice)
    assert (sees(chloe), sees(alice)) == (("not there", "not there"), ("yes", "yes"))
    actions.agree_introduction(mediated, by=alice)
    assert (sees(alice), sees(bob)) == (("not there", "not there"), ("yes", "yes"))


def test_who_left_the_network_reads_their_past_and_changes_nothing(
    introduction: Introduction, ask: Any, network: Any, bob: Any, chloe: Any, verdict: Any
) -> None:
    other = ask(bob, chloe, "Autre savoir")
    actions.accept_introduction(other, by=chloe)
    exchange = Exchange.objects.get()
    leave_network(Membership.objects.get(person=chloe), by=chloe)
    assert verdict(lambda: access.get_introduction(chloe, introduction.public_id)) == "yes"
    assert verdict(lambda: actions.accept_introduction(introduction, by=chloe)) == "no"
    assert verdict(lambda: actions.write_message(exchange, "Encore un mot", by=chloe)) == "no"
    grant_role(network, chloe, "mediator", by=None)
    assert verdict(lambda: actions.write_message(exchange, "Me revoilà", by=chloe)) == "yes"


def test_a_conversation_that_ended_takes_no_more_words(
    introduction: Introduction, exchange: Exchange, bob: Any, chloe: Any, verdict: Any
) -> None:
    assert verdict(lambda: actions.write_message(exchange, "Merci", by=bob)) == "yes"
    actions.stop_exchange(exchange, by=bob, reason="Mutation")
    assert verdict(lambda: actions.write_message(exchange, "Encore", by=bob)) == "refused"


def test_an_animator_reviews_for_nobody_in_an_exchange_of_their_own(
    ask: Any, alice: Any, bob: Any, finished: Exchange, network: Any, chloe: Any, verdict: Any
) -> None:
    grant_role(network, chloe, "animator", by=None)
    assert verdict(lambda: actions.submit_review(finished, by=chloe, author=bob, satisfaction="4")) == "no"
    assert verdict(lambda: actions.submit_review(finished, by=alice, author=bob, satisfaction="4")) == "yes"


def test_who_left_the_organisation_meets_nothing(
    introduction: Introduction, exchange: Exchange, bob: Any, verdict: Any
) -> None:
    leave_organisation(bob, by=None)
    for look in (
        lambda: access.get_introduction(bob, introduction.public_id),
        lambda: access.get_exchange(bob, exchange.public_id),
        lambda: access.get_thread(bob, introduction.thread.public_id),
    ):
        assert verdict(look) == "not there"
    assert not access.takes_part(bob, introduction)


def test_an_animator_whose_role_ended_accompanies_no_more(
    introduction: Introduction, network: Any, admin: Any, alice: Any, dora: Any, verdict: Any
) -> None:
    grant_role(network, dora, "animator", by=admin)
    withdraw_role(RoleGrant.objects.get(person=alice), by=admin)
    assert verdict(lambda: access.get_for_accompaniment(alice, introduction.public_id)) == "not there"


def test_a_message_taken_back_leaves_a_trace_without_words(introduction: Introduction, bob: Any) -> None:
    message = ThreadMessage.objects.get()
    actions.remove_message(message, by=bob)
    actions.remove_message(message, by=bob)
    assert (message.text, message.removed_at) == ("", clock.now())


def test_a_conversation_leads_to_its_exchange_once_there_is_one(
    introduction: Introduction, bob: Any, chloe: Any, alice: Any
) -> None:
    assert subject_of(introduction.thread, bob) == introduction
    assert subject_of(introduction.thread, alice) is None
    actions.accept_introduction(introduction, by=chloe)
    assert subject_of(introduction.thread, bob) == Exchange.objects.get()
