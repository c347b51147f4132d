"""What the home page says: the greeting, each step with the names of those concerned, the invitation of reciprocity."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.agenda.rules import Verb
from reciproque.catalogue.queries import posts_in_order
from reciproque.catalogue.rules import Kind
from reciproque.exchanges.queries import exchanges_of, introductions_of
from reciproque.kit import clock
from reciproque.kit.text import cut
from reciproque.networks.rules import Role, System
from reciproque.web.parts.posts import join_words, mode_words
from reciproque.web.parts.small import words
from reciproque.web.parts.steps import EXCHANGE, INTRODUCTION, SOON, Answer, StepView, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reciproque.agenda.models import Step
    from reciproque.gatherings.queries import Awaited
    from reciproque.networks.models import Membership, Network
    from reciproque.people.models import Person

TEXT_SHOWN = 220


def greeting(person: Person, number: int) -> str:
    """Return the first line of the page: who is greeted and how much awaits them."""
    name = {"name": person.first_name or person.display_name}
    if number == 0:
        return _("Bonjour %(name)s, rien ne vous attend") % name
    if number == 1:
        return _("Bonjour %(name)s, une chose vous attend") % name
    words = {
        2: _("deux"),
        3: _("trois"),
        4: _("quatre"),
        5: _("cinq"),
        6: _("six"),
        7: _("sept"),
        8: _("huit"),
        9: _("neuf"),
        10: _("dix"),
    }
    return _("Bonjour %(name)s, %(number)s choses vous attendent") % (
        name | {"number": words.get(number, str(number))}
    )


def step_views(steps: Sequence[Step], person: Person, *, name_networks: bool) -> list[StepView]:
    """Return steps in words, with the names that their own fields do not hold, in a fixed number of queries."""
    about = {step.subject_kind for step in steps if step.owner_id is not None}
    said = _said_of_introductions(person) if INTRODUCTION in about else {}
    said |= _said_of_exchanges(person) if EXCHANGE in about else {}
    views = []
    for step in steps:
        view = describe(step)
        title, text = said.get((step.verb, step.subject_id), ("", "")) if step.owner_id else ("", "")
        if step.verb in (Verb.OFFER, Verb.REQUEST):
            text = _prompt(step.verb)
        view = dataclasses.replace(view, title=title or view.title, text=text)
        if name_networks:
            kind = _("%(kind)s, réseau « %(network)s »") % {"kind": view.kind, "network": view.network}
            view = dataclasses.replace(view, kind=kind)
        views.append(view)
    return views


def consent_view(awaited: Awaited, *, name_network: bool) -> StepView:
    """Return the agreement that what was typed for the reader in a gathering waits for."""
    gathering, now = awaited.gathering, clock.now()
    kind, url = gathering.get_kind_display(), reverse("gatherings:mine", args=[gathering.public_id])
    if name_network:
        kind = _("%(kind)s, réseau « %(network)s »") % {"kind": kind, "network": gathering.network.name}
    count = ngettext(
        "%(n)s savoir noté n’est publié qu’avec votre accord.",
        "%(n)s savoirs notés ne sont publiés qu’avec votre accord.",
        awaited.count,
    )
    return StepView(
        kind=capfirst(kind),
        title=_("Relisez ce qui a été noté pour vous : « %(title)s »") % {"title": gathering.title},
        text=count % {"n": awaited.count},
        url=url,
        due_at=awaited.until,
        after=_("sans réponse, ces notes s’effacent"),
        answers=[Answer(_("Relire et décider"), url, post=False)],
        due=_("À faire avant %(moment)s") % {"moment": words(awaited.until)},
        state="soon" if awaited.until < now + SOON else "",
        network=gathering.network.name,
    )


def _said_of_introductions(person: Person) -> dict[tuple[str, str], tuple[str, str]]:
    rows = introductions_of(person, live=True)
    ids = {row.pk: row.request_id or row.offer_id for row in rows}
    posts = {post.pk: post for post in posts_in_order([pk for pk in ids.values() if pk], person)}
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for row in rows:
        other = row.offerer if row.requester_id == person.pk else row.requester
        words = {"name": other.display_name, "title": row.title}
        asks = row.initiator_id == row.requester_id
        post = posts.get(ids[row.pk])
        text = _about(post) if post is not None and post.author_id == other.pk else ""
        answer = (
            _("%(name)s aimerait apprendre : « %(title)s »")
            if asks
            else _("%(name)s vous propose son aide : « %(title)s »")
        )
        said[Verb.ANSWER, row.public_id] = (answer % words, text)
        said[Verb.REPLY, row.public_id] = (_("%(name)s vous pose une question") % words, row.title)
        said[Verb.PROPOSE, row.public_id] = (_("Proposez des dates à %(name)s") % words, row.title)
        said[Verb.CHOOSE, row.public_id] = (_("Choisissez une date avec %(name)s") % words, row.title)
        held = _("Votre rencontre avec %(name)s a-t-elle eu lieu ?")
        said[Verb.HELD, row.public_id] = (held % words, row.title)
    return said


def _about(post: Any) -> str:
    """What the other person wrote of it, and how they could meet."""
    words = cut(post.purpose or post.description, TEXT_SHOWN)
    modes = mode_words(post.modes)
    if words and modes:
        return _("%(words)s (%(modes)s)") % {"words": words, "modes": modes}
    return words


def _said_of_exchanges(person: Person) -> dict[tuple[str, str], tuple[str, str]]:
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for row in exchanges_of(person, limit=50):
        names = join_words(
            part.person.display_name for part in row.people.all() if part.person_id != person.pk
        )
        if not names:
            continue
        words = {"names": names}
        titles = {
            Verb.PROPOSE: _("Proposez des dates à %(names)s"),
            Verb.CHOOSE: _("Choisissez une date avec %(names)s"),
            Verb.HELD: _("Votre rencontre avec %(names)s a-t-elle eu lieu ?"),
            Verb.GO_ON: _("Votre échange avec %(names)s est-il terminé ?"),
            Verb.REVIEW: _("Deux minutes de bilan sur votre échange avec %(names)s"),
            Verb.CONFIRM: _("%(names)s a noté un échange avec vous"),
        }
        said |= {(verb, row.public_id): (title % words, row.title) for verb, title in titles.items()}
    return said


def first_steps(
    memberships: Sequence[Membership],
    kinds: dict[int, set[str]],
    steps: Sequence[Step],
    *,
    name_networks: bool,
) -> list[StepView]:
    """Return what a member without an offer or a request could begin with, unless a step already expects it of them."""
    expected = {(step.network_id, step.verb) for step in steps}
    return [
        _first_step(row.network, kind, name_networks=name_networks)
        for row in memberships
        if System.EXCHANGES in row.network.systems
        for kind in Kind.values
        if kind not in kinds.get(row.network_id, set()) and (row.network_id, kind) not in expected
    ]


def _prompt(kind: str) -> str:
    """One question that draws out a first savoir."""
    if kind == Kind.OFFER:
        return _(
            "Que viennent vous demander vos collègues ? C’est un savoir, même si cela vous paraît simple."
        )
    return _(
        "Qu’est-ce qui vous prend trop de temps aujourd’hui ? Une demande fait souvent naître une offre."
    )


def _first_step(network: Network, kind: str, *, name_networks: bool) -> StepView:
    url = reverse("posts:new", args=[network.slug, kind])
    if kind == Kind.OFFER:
        title, label = _("Proposez ce que vous savez faire"), _("Écrire mon offre")
    else:
        title, label = _("Dites ce que vous aimeriez savoir faire"), _("Écrire ma demande")
    named = _("Pour commencer, réseau « %(network)s »") % {"network": network.name}
    return StepView(
        kind=named if name_networks else _("Pour commencer"),
        title=title,
        text=_prompt(kind),
        url=url,
        due_at=clock.now(),
        after="",
        answers=[Answer(label, url, tone=kind, post=False)],
        tone=kind,
        network=network.name,
    )


def run_words(network: Network, roles: Sequence[str]) -> dict[str, str]:
    """Return what someone does in a network that they serve without being one of its members."""
    names = dict(Role.choices)
    said = join_words(str(names[role]) for role in roles)
    page, link = "join:network", _("Voir le réseau")
    if Role.ANIMATOR in roles:
        page, link = "animation:desk", _("Ouvrir l’animation")
    elif System.LEARNING in network.systems:
        page, link = "initiatives:learning", _("Entrer dans le réseau apprenant")
    return {
        "name": network.name,
        "text": _("Votre rôle : %(roles)s. Vous n’en êtes pas membre.") % {"roles": said},
        "url": reverse(page, args=[network.slug]),
        "link": link,
    }


def late_words(network: Network, number: int) -> dict[str, str]:
    """Return how many answers that one answers for are late in a learning network, and where to see them."""
    said = ngettext(
        "%(n)s réponse due au réseau « %(network)s » est en retard.",
        "%(n)s réponses dues au réseau « %(network)s » sont en retard.",
        number,
    )
    return {
        "text": said % {"n": number, "network": network.name},
        "url": reverse("initiatives:overdue", args=[network.slug]),
    }


def invitation(received: int, given: int, network: Network) -> dict[str, str]:
    """Return what reciprocity suggests to this reader: an invitation, never a debt."""
    offer = reverse("posts:new", args=[network.slug, Kind.OFFER])
    request = reverse("posts:new", args=[network.slug, Kind.REQUEST])
    search = reverse("find:search", args=[network.slug], query={"kind": Kind.REQUEST.value})
    if not received and not given:
        return {
            "text": _("Rien encore, et c’est normal : tout commence par une question posée à quelqu’un."),
            "href": request,
            "link": _("Dire ce que je cherche"),
        }
    if received > given:
        return {
            "text": _("Et si vous proposiez ce que vos collègues viennent déjà vous demander ?"),
            "href": offer,
            "link": _("M’aider à trouver mes savoirs"),
        }
    if given > received:
        return {
            "text": _("Et vous, qu’aimeriez-vous apprendre à votre tour ?"),
            "href": request,
            "link": _("Dire ce que je cherche"),
        }
    return {
        "text": _("Vous recevez, vous transmettez : c’est ce qui fait vivre le réseau."),
        "href": search,
        "link": _("Voir ce qui se cherche"),
    }
