"""Who reacts to which fact: the one table through which a floor hears of what happened below it.

The worker runs it within a second of the fact; each (fact, reader) is done once, and each action is idempotent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from reciproque.agenda import actions as agenda
from reciproque.catalogue import actions as catalogue
from reciproque.catalogue.access import keep_meaning
from reciproque.catalogue.models import Framework, Post, Topic
from reciproque.catalogue.queries import missing_kinds
from reciproque.circles import actions as circles
from reciproque.circles.models import Circle
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange, Introduction, SetApart
from reciproque.exchanges.rules import Side
from reciproque.gatherings import actions as gatherings
from reciproque.initiatives import actions as initiatives
from reciproque.initiatives.queries import frame_of
from reciproque.insights import actions as insights
from reciproque.journal.models import Fact
from reciproque.journal.rules import subscribe
from reciproque.library import actions as library
from reciproque.library.models import Sheet, UseCase
from reciproque.matching import actions as matching
from reciproque.moderation import actions as moderation
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import PAUSE_MOST, MembershipState, System
from reciproque.notices import actions as notices
from reciproque.people.models import Person
from reciproque.recognition import actions as recognition
from reciproque.recognition import queries as recognition_queries
from reciproque.surveys import actions as surveys
from reciproque.surveys import queries as surveys_queries
from reciproque.surveys.rules import Trigger

LEFT = "A quitté le réseau"


def _membership(fact: Fact) -> Membership:
    rows = Membership.objects.select_related("network", "person")
    return rows.get(public_id=fact.subject_id)


def _post(fact: Fact) -> Post:
    return Post.objects.select_related("network", "author").get(public_id=fact.subject_id)


def _introduction(fact: Fact) -> Introduction:
    rows = Introduction.objects.select_related(
        "network", "requester", "offerer", "initiator", "request", "offer"
    )
    return rows.get(public_id=fact.subject_id)


def _leave_everything(fact: Fact) -> None:
    person = Person.objects.get(public_id=fact.subject_id)
    states = [MembershipState.MEMBER, MembershipState.APPLIED]
    for membership in person.memberships.filter(state__in=states).select_related("network", "person"):
        networks.leave_network(membership, by=None)


def _close_newcomer_step(fact: Fact) -> None:
    rows = Membership.objects.filter(
        network__public_id=fact.network, person__posts__public_id=fact.subject_id
    )
    membership = rows.only("public_id").first()
    if membership is not None:
        agenda.note_posted(membership, fact.data["kind"])


def _welcome(fact: Fact) -> None:
    if not fact.data.get("directory"):
        agenda.welcome_member(_membership(fact))


def _withdraw_posts(fact: Fact) -> None:
    membership = _membership(fact)
    catalogue.withdraw_all(membership.person, network=membership.network, reason=LEFT)


def _release_member(fact: Fact) -> None:
    membership = _membership(fact)
    exchanges.release_person(membership.person, network=membership.network)


def _propose_after_departure(fact: Fact) -> None:
    # Ended because somebody left or steps out; who stopped it of their own accord asked for nobody else.
    if fact.by_id is None:
        matching.propose_next(_introduction(fact))


def _hold(fact: Fact) -> None:
    """Move what waits for a member on pause by its length (by the difference, when another date replaces the first)."""
    membership = _membership(fact)
    longer = _pause_left(fact, "until") - _pause_left(fact, "before")
    exchanges.hold_person(membership.person, membership.network, longer)


def _bring_back(fact: Fact) -> None:
    """Bring back the deadlines of someone who returns before the day they had said."""
    membership = _membership(fact)
    exchanges.hold_person(membership.person, membership.network, -_pause_left(fact, "until"))


def _pause_left(fact: Fact, key: str) -> dt.timedelta:
    until = fact.data.get(key)
    left = dt.datetime.fromisoformat(until) - fact.at if until else dt.timedelta()
    return min(max(left, dt.timedelta()), PAUSE_MOST)


def _expect_again(fact: Fact) -> None:
    """Expect the missing post of a member whose reciprocity has just been broken."""
    membership = _membership(fact)
    if membership.network.is_strict:
        agenda.welcome_member(membership, missing=missing_kinds(membership.person, membership.network))


def _sheet(fact: Fact) -> Sheet | None:
    # A draft may be thrown away: nothing is left of it.
    rows = Sheet.objects.select_related("network", "trade").prefetch_related("topics")
    return rows.filter(public_id=fact.subject_id).first()


def _take_in_sheet(fact: Fact) -> None:
    sheet = _sheet(fact)
    if sheet is not None:
        matching.take_in_sheet(sheet)


def _sheet_gone(fact: Fact) -> None:
    sheet = _sheet(fact)
    if sheet is not None:
        circles.note_sheet_gone(sheet)


def _carry_case(fact: Fact) -> None:
    rows = UseCase.objects.select_related("network", "asker").prefetch_related("topics")
    case = rows.get(public_id=fact.subject_id)
    known, refusing = recognition_queries.known_for_case(case), recognition_queries.not_to_ask(case.network)
    matching.carry_case(case, first=known, without=refusing)


def _end_calls(fact: Fact) -> None:
    membership = _membership(fact)
    recognition.end_calls_of(membership.person, membership.network)


def _forget_in_library(fact: Fact) -> None:
    membership = _membership(fact)
    library.forget_member(membership.person, membership.network)


def _leave_initiatives(fact: Fact) -> None:
    membership = _membership(fact)
    person, network = membership.person, membership.network
    initiatives.leave_days(person, network)
    # In this order: what they led in a group goes to somebody who stays in it.
    initiatives.leave_groups(person, network)
    initiatives.forget_member(person, network)


def _seat_again(fact: Fact) -> None:
    """Expect of somebody present what a committee owes: a promise to the network waits for nobody's pause."""
    frame = frame_of(_membership(fact).network)
    if frame is not None:
        initiatives.seat_again(frame)


def _match_published(fact: Fact) -> None:
    post = _post(fact)
    matching.take_in(post)
    matching.note_offered(post)


def _forget_removed(fact: Fact) -> None:
    # In this order: what ends is then told without a word of what was removed.
    post = _post(fact)
    exchanges.forget_post(post)
    exchanges.release_post(post)


def _set_apart(fact: Fact) -> None:
    row = SetApart.objects.select_related("first", "second").get(public_id=fact.subject_id)
    matching.part_people(row.first, row.second)


def _put_out(fact: Fact) -> None:
    row = SetApart.objects.select_related("first", "second").get(public_id=fact.subject_id)
    gatherings.part_people(row.first, row.second)


def _words_gone(fact: Fact) -> None:
    moderation.note_gone(fact.subject_kind, fact.subject_id)


def _merged(fact: Fact) -> Topic:
    return Topic.objects.select_related("merged_into").get(public_id=fact.subject_id)


def _take_in_merged(fact: Fact) -> None:
    kept = _merged(fact).merged_into
    if kept is not None:
        matching.take_in_merged(kept, fact.at)


def _take_in_framework(fact: Fact) -> None:
    matching.take_in_framework(Framework.objects.get(public_id=fact.subject_id))


def _skill_offered(fact: Fact) -> None:
    recognition.note_offer(_post(fact))


def _skill_given(fact: Fact) -> None:
    row = Exchange.objects.select_related("network").get(public_id=fact.subject_id)
    recognition.note_exchange(row)


def _skill_written(fact: Fact) -> None:
    rows = Sheet.objects.select_related("network", "case__network")
    sheet = rows.filter(public_id=fact.subject_id).first()
    if sheet is not None:
        recognition.note_sheet(sheet)


def _skill_answered(fact: Fact) -> None:
    recognition.note_case(UseCase.objects.select_related("network").get(public_id=fact.subject_id))


def _skill_facilitated(fact: Fact) -> None:
    rows = Circle.objects.select_related("network", "trade", "facilitator")
    recognition.note_group(rows.get(public_id=fact.subject_id))


def _skills_of_the_past(fact: Fact) -> None:
    """Note what happened before, in a network that becomes a learning community or begins to certify."""
    begins = fact.data.get("on") if fact.name == "certification_rule.changed" else _becomes_community(fact)
    if begins:
        recognition.catch_up(Network.objects.get(public_id=fact.subject_id))


def _becomes_community(fact: Fact) -> bool:
    before, after = (fact.data.get(key, {}).get("systems", []) for key in ("before", "after"))
    return System.COMMUNITY in after and System.COMMUNITY not in before


def _ask_after_exchange(fact: Fact) -> None:
    """Ask those who have just learned for the third time what exchanges changed for them."""
    if not surveys_queries.awaits_event(fact.network, Trigger.THIRD_EXCHANGE):
        return
    row = Exchange.objects.select_related("network").get(public_id=fact.subject_id)
    learned = row.people.filter(side=Side.REQUESTER, left_at=None, person__is_active=True)
    surveys.invite_after_exchange(row.network, [part.person for part in learned.select_related("person")])


def _ask_after_group(fact: Fact) -> None:
    if surveys_queries.awaits_event(fact.network, Trigger.GROUP_END):
        network, people = surveys_queries.members_of_group(fact.subject_id)
        surveys.invite_by_event(Trigger.GROUP_END, network, people)


def _ask_newcomer(fact: Fact) -> None:
    if not fact.data.get("directory") and surveys_queries.awaits_event(fact.network, Trigger.JOINING):
        membership = _membership(fact)
        surveys.invite_by_event(Trigger.JOINING, membership.network, [membership.person])


def _ask_who_leaves(fact: Fact) -> None:
    membership = _membership(fact)
    surveys.forget_member(membership.person, membership.network)
    # Who left the organisation is asked nothing any more.
    if membership.person.is_active:
        surveys.invite_by_event(Trigger.LEAVING, membership.network, [membership.person])


TABLE: dict[str, dict[str, Callable[[Fact], object]]] = {
    "person.left": {
        "agenda": lambda fact: agenda.forget_person(Person.objects.get(public_id=fact.subject_id)),
        "initiatives": lambda fact: initiatives.forget_person(Person.objects.get(public_id=fact.subject_id)),
        "networks": _leave_everything,
        "circles": lambda fact: circles.forget_person(Person.objects.get(public_id=fact.subject_id)),
        "insights": lambda fact: insights.forget_person(Person.objects.get(public_id=fact.subject_id)),
        "surveys": lambda fact: surveys.forget_person(Person.objects.get(public_id=fact.subject_id)),
    },
    "membership.applied": {"agenda": lambda fact: agenda.await_admission(_membership(fact))},
    "membership.joined": {
        "agenda": _welcome,
        "gatherings": lambda fact: gatherings.claim_guest(_membership(fact)),
        "surveys": _ask_newcomer,
    },
    "membership.refused": {"agenda": lambda fact: agenda.forget_member(_membership(fact))},
    "membership.left": {
        "agenda": lambda fact: agenda.forget_member(_membership(fact)),
        "catalogue": _withdraw_posts,
        "gatherings": lambda fact: gatherings.forget_member(_membership(fact)),
        "exchanges": _release_member,
        "initiatives": _leave_initiatives,
        "library": _forget_in_library,
        "circles": lambda fact: circles.forget_member(_membership(fact)),
        "recognition": _end_calls,
        "surveys": _ask_who_leaves,
    },
    "membership.activated": {"agenda": lambda fact: agenda.release_first_posts(_membership(fact))},
    "membership.deactivated": {"agenda": _expect_again},
    "membership.waived": {"agenda": lambda fact: agenda.release_first_posts(_membership(fact))},
    "membership.paused": {"exchanges": _hold, "initiatives": _seat_again},
    "membership.resumed": {"exchanges": _bring_back, "initiatives": _seat_again},
    "charter.published": {
        "agenda": lambda fact: agenda.ask_signatures(Network.objects.get(public_id=fact.subject_id))
    },
    "charter.signed": {"agenda": lambda fact: agenda.note_signed(_membership(fact))},
    "post.published": {
        "agenda": _close_newcomer_step,
        "matching": _match_published,
        "recognition": _skill_offered,
    },
    "post.edited": {
        "matching": lambda fact: matching.take_in(_post(fact)),
        "moderation": lambda fact: moderation.note_amended(_post(fact)),
        "recognition": _skill_offered,
    },
    "post.renewed": {
        "agenda": _close_newcomer_step,
        "matching": lambda fact: matching.take_in(_post(fact)),
        "recognition": _skill_offered,
    },
    "post.paused": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
        "moderation": lambda fact: moderation.note_left_out(_post(fact)),
    },
    "post.withdrawn": {
        "gatherings": lambda fact: gatherings.note_post_gone(_post(fact)),
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
        "moderation": lambda fact: moderation.note_left_out(_post(fact)),
        "recognition": _skill_offered,
    },
    "post.expired": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
        "moderation": lambda fact: moderation.note_left_out(_post(fact)),
    },
    "post.fulfilled": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
        "moderation": lambda fact: moderation.note_left_out(_post(fact)),
    },
    "post.hidden": {
        "gatherings": lambda fact: gatherings.note_post_gone(_post(fact)),
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
        "outbox": lambda fact: notices.withhold_post(_post(fact)),
        "recognition": _skill_offered,
    },
    "post.restored": {
        "agenda": _close_newcomer_step,
        "matching": lambda fact: matching.take_in(_post(fact)),
        "recognition": _skill_offered,
    },
    "post.removed": {
        "gatherings": lambda fact: gatherings.note_post_gone(_post(fact), erased=True),
        "exchanges": _forget_removed,
        "matching": lambda fact: matching.forget_post(_post(fact)),
        "moderation": _words_gone,
        "outbox": lambda fact: notices.forget_post(_post(fact)),
        "recognition": _skill_offered,
    },
    "message.removed": {"moderation": _words_gone},
    "review.removed": {"moderation": _words_gone},
    "review.withdrawn": {"moderation": _words_gone},
    "people.set_apart": {
        "gatherings": _put_out,
        "matching": _set_apart,
        "recognition": lambda fact: recognition.drop_unfounded(),
    },
    "introduction.asked": {"matching": lambda fact: matching.note_asked(_introduction(fact))},
    "introduction.refused": {"matching": lambda fact: matching.propose_next(_introduction(fact))},
    "introduction.lapsed": {"matching": lambda fact: matching.propose_next(_introduction(fact))},
    "introduction.not_matched": {"matching": lambda fact: matching.propose_next(_introduction(fact))},
    "introduction.cancelled": {"matching": _propose_after_departure},
    "sheet.published": {"matching": _take_in_sheet, "recognition": _skill_written},
    "sheet.edited": {"matching": _take_in_sheet, "recognition": _skill_written},
    "sheet.withdrawn": {"circles": _sheet_gone, "recognition": _skill_written},
    "framework.imported": {"matching": _take_in_framework},
    "topic.merged": {
        "catalogue": lambda fact: catalogue.fold_posts(),
        "library": lambda fact: library.fold_topic(_merged(fact)),
        "matching": _take_in_merged,
        "recognition": lambda fact: recognition.fold_topic(_merged(fact)),
    },
    "case.asked": {"matching": _carry_case},
    "case.declined": {"matching": _carry_case},
    "case.lapsed": {"matching": _carry_case},
    "exchange.closed": {"recognition": _skill_given, "surveys": _ask_after_exchange},
    "exchange.confirmed": {"recognition": _skill_given, "surveys": _ask_after_exchange},
    "exchange.declared": {"recognition": _skill_given, "surveys": _ask_after_exchange},
    "sheet.signed": {"recognition": _skill_written},
    "sheet.left": {"recognition": _skill_written},
    "sheet.rated": {"recognition": _skill_written},
    "case.answered": {"recognition": _skill_answered},
    "circle.writing": {"recognition": _skill_facilitated},
    "circle.closed": {"recognition": _skill_facilitated, "surveys": _ask_after_group},
    "circle.stopped": {"recognition": _skill_facilitated},
    "network.settings_changed": {"skills": _skills_of_the_past},
    "certification_rule.changed": {"skills": _skills_of_the_past},
}


def react(reader: str, fact: Fact) -> None:
    """Give a fact to one of its readers."""
    if reader == "notices":
        notices.tell(fact)
    else:
        TABLE[fact.name][reader](fact)


READERS = (
    "agenda",
    "catalogue",
    "circles",
    "exchanges",
    "gatherings",
    "initiatives",
    "insights",
    "library",
    "matching",
    "moderation",
    "networks",
    "notices",
    "outbox",
    "recognition",
    "skills",
    "surveys",
)
HANDLERS: dict[str, Callable[[Fact], None]] = {
    reader: (lambda fact, reader=reader: react(reader, fact))
    for reader in READERS  # type: ignore[misc]
}


# Telling writes to thousands of people, the past of a network holds as many things, some hundreds at a time: nothing is
# written twice when it starts again.
IN_PARTS = ("notices", "skills")


def subscribe_all() -> None:
    """Tell the journal who reads what (once, when the program starts)."""
    keep_meaning(recognition_queries.is_confirmed)
    for name, readers in TABLE.items():
        for reader in readers:
            subscribe(reader, [name])
    subscribe("notices", notices.TOLD)
