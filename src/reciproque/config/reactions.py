"""Who reacts to which fact: the one table through which a floor hears of what happened below it.

The worker runs it within a second of the fact; each (fact, reader) is done once, and each action is idempotent.
"""

from __future__ import annotations

from collections.abc import Callable

from reciproque.agenda import actions as agenda
from reciproque.catalogue import actions as catalogue
from reciproque.catalogue.models import Post
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Introduction
from reciproque.journal.models import Fact
from reciproque.journal.rules import subscribe
from reciproque.library import actions as library
from reciproque.library.models import Sheet, UseCase
from reciproque.matching import actions as matching
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import MembershipState
from reciproque.notices import actions as notices
from reciproque.people.models import Person

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


def _sheet(fact: Fact) -> Sheet | None:
    # A draft may be thrown away: nothing is left of it.
    rows = Sheet.objects.select_related("network", "trade").prefetch_related("topics")
    return rows.filter(public_id=fact.subject_id).first()


def _take_in_sheet(fact: Fact) -> None:
    sheet = _sheet(fact)
    if sheet is not None:
        matching.take_in_sheet(sheet)


def _carry_case(fact: Fact) -> None:
    rows = UseCase.objects.select_related("network", "asker").prefetch_related("topics")
    matching.carry_case(rows.get(public_id=fact.subject_id))


def _forget_in_library(fact: Fact) -> None:
    membership = _membership(fact)
    library.forget_member(membership.person, membership.network)


def _match_published(fact: Fact) -> None:
    post = _post(fact)
    matching.take_in(post)
    matching.note_offered(post)


TABLE: dict[str, dict[str, Callable[[Fact], object]]] = {
    "person.left": {"networks": _leave_everything},
    "membership.applied": {"agenda": lambda fact: agenda.await_admission(_membership(fact))},
    "membership.joined": {"agenda": _welcome},
    "membership.refused": {"agenda": lambda fact: agenda.forget_member(_membership(fact))},
    "membership.left": {
        "agenda": lambda fact: agenda.forget_member(_membership(fact)),
        "catalogue": _withdraw_posts,
        "exchanges": _release_member,
        "library": _forget_in_library,
    },
    "charter.published": {
        "agenda": lambda fact: agenda.ask_signatures(Network.objects.get(public_id=fact.subject_id))
    },
    "charter.signed": {"agenda": lambda fact: agenda.note_signed(_membership(fact))},
    "post.published": {
        "agenda": _close_newcomer_step,
        "matching": _match_published,
    },
    "post.edited": {"matching": lambda fact: matching.take_in(_post(fact))},
    "post.renewed": {"matching": lambda fact: matching.take_in(_post(fact))},
    "post.paused": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
    },
    "post.withdrawn": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
    },
    "post.expired": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
    },
    "post.fulfilled": {
        "exchanges": lambda fact: exchanges.release_post(_post(fact)),
        "matching": lambda fact: matching.take_out(_post(fact)),
    },
    "introduction.asked": {"matching": lambda fact: matching.note_asked(_introduction(fact))},
    "introduction.refused": {"matching": lambda fact: matching.propose_next(_introduction(fact))},
    "introduction.lapsed": {"matching": lambda fact: matching.propose_next(_introduction(fact))},
    "introduction.not_matched": {"matching": lambda fact: matching.propose_next(_introduction(fact))},
    "sheet.published": {"matching": _take_in_sheet},
    "sheet.edited": {"matching": _take_in_sheet},
    "case.asked": {"matching": _carry_case},
    "case.declined": {"matching": _carry_case},
    "case.lapsed": {"matching": _carry_case},
}


def react(reader: str, fact: Fact) -> None:
    """Give a fact to one of its readers."""
    if reader == "notices":
        notices.tell(fact)
    else:
        TABLE[fact.name][reader](fact)


READERS = ("agenda", "catalogue", "exchanges", "library", "matching", "networks", "notices")
HANDLERS: dict[str, Callable[[Fact], None]] = {
    reader: (lambda fact, reader=reader: react(reader, fact))
    for reader in READERS  # type: ignore[misc]
}


def subscribe_all() -> None:
    """Tell the journal who reads what (once, when the program starts)."""
    for name, readers in TABLE.items():
        for reader in readers:
            subscribe(reader, [name])
    subscribe("notices", notices.TOLD)
