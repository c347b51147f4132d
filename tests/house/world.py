"""A small world in which every address of the site has something to show, with words that must not leak."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

from reciproque.agenda.actions import accept_slot, open_feed, propose_slots
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue.actions import save_draft
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.models import Exchange
from reciproque.kit import clock
from reciproque.library import actions as library
from reciproque.library.models import Attachment
from reciproque.matching.actions import ask_plan, create_alert, make_plan
from reciproque.matching.models import Likeness, Loop, LoopLink, Nudge, PlannedPair, Suggestion
from reciproque.networks.actions import create_invitation
from reciproque.networks.models import RoleGrant

# Words that only Bob and Chloé (and what they are shown) may ever read.
SECRET = "confidence entre Bob et Chloé"
DRAFT = "brouillon que personne ne lit"


@dataclass
class World:
    """Everything an address may need, by the name of its parameter."""

    network: Any
    kwargs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def arguments(self, name: str, parameters: list[str]) -> dict[str, Any]:
        """Return the arguments of one address: those of its name, else those of the parameter everywhere."""
        special = self.kwargs.get(name, {})
        return {key: special.get(key, self.kwargs["*"].get(key)) for key in parameters}


def build_library(network: Any, bob: Any, chloe: Any, dora: Any) -> dict[str, Any]:
    """Make one of everything of the library: a published sheet with a file and a talk, a draft, a question."""
    words = {"situation": "Au guichet.", "tried": "Écouter.", "given": "Le calme."}
    draft = library.save_draft(network, by=bob, title=DRAFT, **words)
    sheet = library.save_draft(
        network,
        by=bob,
        title="Accueillir un client mécontent",
        trade="Guichetier",
        topics=["Accueil"],
        **words,
    )
    library.attach_file(sheet, io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "note.pdf", by=bob)
    library.publish_sheet(sheet, by=bob)
    talk = library.write_to_author(sheet, SECRET, by=chloe)
    case = library.ask_case(network, by=dora, question="Comment faites-vous pour trier plus vite ?")
    library.route_case(case, [bob])
    return {
        "sheet_id": sheet.public_id,
        "draft_id": draft.public_id,
        "file_id": Attachment.objects.get(sheet=sheet).public_id,
        "talk_id": talk.public_id,
        "case_id": case.public_id,
        "trade_id": sheet.trade.public_id,
        "sheet_kind": "practice",
    }


def build(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, run_reactions: Any
) -> World:
    """Make one of everything, through the real actions."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile", topics=["Entretien"])
    request = make_post(bob, "request", "Préparer un entretien délicat", topics=["Entretien"])
    other = make_post(dora, "offer", "Conduire un entretien difficile", topics=["Entretien"])
    draft = save_draft(network, bob, "offer", by=bob, title=DRAFT)
    live = exchanges.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=request, offer=offer, message=SECRET
    )
    second = make_post(chloe, "offer", "Tableaux croisés dynamiques")
    asked = exchanges.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, offer=second, message=SECRET
    )
    exchanges.accept_introduction(asked, by=chloe)
    exchange = Exchange.objects.get(people__introduction=asked)
    meeting = live_meeting(exchange)
    assert meeting is not None
    slots = propose_slots(meeting, [clock.now() + dt.timedelta(days=2)], by=bob, place=SECRET)
    accept_slot(slots[0], by=chloe)
    exchanges.write_terms(exchange, by=bob, content=SECRET)
    alert = create_alert(network, bob, "publipostage", by=bob)
    invitation = create_invitation(network, by=alice)
    feed = open_feed(bob, by=bob)
    run_reactions()
    suggestion, _created = Suggestion.objects.get_or_create(
        network=network, request=request, offer=other, defaults={"score": 9000, "terms": {"closeness": 9000}}
    )
    plan = make_plan(ask_plan(network, by=alice))
    pair, _created = PlannedPair.objects.get_or_create(
        plan=plan, request=request, offer=other, defaults={"score": 9000, "terms": {"closeness": 9000}}
    )
    loop = Loop.objects.create(network=network, mark="x", size=2, score=9000)
    LoopLink.objects.create(loop=loop, place=0, suggestion=suggestion)
    nudge = Nudge.objects.create(network=network, person=bob, request=request, because=SECRET)
    likeness = Likeness.objects.create(network=network, kind="merge", person=bob, mark="x")
    likeness.posts.set([request, make_post(bob, "request", "Préparer un entretien difficile")])
    shelf = build_library(network, bob, chloe, dora)
    from reciproque.notices.models import Outgoing

    mail = Outgoing.objects.filter(person=bob).first() or Outgoing.objects.first()
    role = RoleGrant.objects.filter(network=network).first()
    everywhere = {
        "slug": network.slug,
        "post_id": request.public_id,
        "kind": "offer",
        "person_id": bob.public_id,
        "membership_id": bob.memberships.get(network=network).public_id,
        "reason": "late",
        "introduction_id": live.public_id,
        "exchange_id": exchange.public_id,
        "meeting_id": meeting.public_id,
        "subject_id": exchange.public_id,
        "topic_id": offer.topics.get().public_id,
        "suggestion_id": suggestion.public_id,
        "alert_id": alert.public_id,
        "pair_id": pair.public_id,
        "loop_id": loop.public_id,
        "nudge_id": nudge.public_id,
        "likeness_id": likeness.public_id,
        **shelf,
        "step_id": "x",
        "role_id": role.public_id if role else "x",
        "invitation_id": invitation.public_id,
        "secret": invitation.secret,
        "token": "x",
        "public_id": mail.public_id if mail else "x",
        "page": 1,
        "name": "identity",
        "role": "member",
        "uid": "x",
        "key": "y",
        "days": 1,
    }
    return World(
        network,
        {
            "*": everywhere,
            "posts:edit": {"post_id": draft.public_id},
            "matching:why_not": {"post_id": other.public_id},
            "api:feed": {"secret": feed.secret},
            "agenda:held_about": {"kind": "exchange"},
            "library:edit": {"sheet_id": shelf["draft_id"]},
            "demo:enter": {"public_id": bob.public_id},
        },
    )
