"""An offer or a request as pages show it, and why one may not ask for an introduction now."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.agenda.rules import Mode
from reciproque.catalogue.rules import Kind, Level, PostState, expires_soon
from reciproque.kit import clock
from reciproque.kit.text import cut
from reciproque.networks.queries import needs_signature
from reciproque.people.rules import SPOKEN
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.catalogue.models import Post
    from reciproque.networks.models import Membership
    from reciproque.people.models import Person

_MODES = dict(Mode.choices)
_SPOKEN = dict(SPOKEN)
# Whom an offer suits, where a requester stands: the same values read differently from each side.
LEVELS: dict[str, dict[str, Any]] = {
    Kind.OFFER: {
        Level.ANY: gettext_lazy("pour tous les niveaux"),
        Level.BEGINNER: gettext_lazy("pour qui débute"),
        Level.SOME: gettext_lazy("pour qui a des bases"),
        Level.SEASONED: gettext_lazy("pour qui pratique déjà"),
    },
    Kind.REQUEST: {
        Level.ANY: "",
        Level.BEGINNER: gettext_lazy("débute"),
        Level.SOME: gettext_lazy("a des bases"),
        Level.SEASONED: gettext_lazy("pratique déjà"),
    },
}
STATE_TONES = {
    PostState.DRAFT: "neutral",
    PostState.PUBLISHED: "good",
    PostState.PAUSED: "neutral",
    PostState.FULFILLED: "good",
    PostState.EXPIRED: "warn",
    PostState.WITHDRAWN: "neutral",
    PostState.HIDDEN: "warn",
    PostState.REMOVED: "neutral",
}
TEXT_SHOWN = 180


@dataclasses.dataclass(frozen=True)
class PostCard:
    """All that a list says of one post; `posts/card.html` draws it."""

    id: str
    kind: str
    title: str
    url: str
    person: str
    line: str
    initials: str
    person_url: str
    text: str
    topics: list[dict[str, str]]
    meta: list[str]
    state: str
    state_tone: str
    due: str


@dataclasses.dataclass(frozen=True)
class Obstacle:
    """Why a member may not ask for an introduction now, and what would change it."""

    title: str
    text: str
    links: list[tuple[str, str]]


def find_tabs(slug: str, current: str) -> list[dict[str, Any]]:
    """Return the tabs of the pages where one looks for something in a network."""
    pages = {
        "find:search": _("Chercher"),
        "community:map": _("La carte"),
        "topics:families": _("Par sujet"),
        "find:suggestions": _("Trouvé pour vous"),
        "library:shelf": _("Fiches"),
        "circles:all": _("Groupes"),
        "people:members": _("Les membres"),
        "find:alerts": _("Mes alertes"),
    }
    return [
        {"label": label, "url": reverse(name, args=[slug]), "current": name == current}
        for name, label in pages.items()
    ]


def person_line(person: Person) -> str:
    """Return a person's job and where they work, in a few words."""
    where = person.unit.name if person.unit else person.site.name if person.site else ""
    return ", ".join(bit for bit in (person.function, where) if bit)


def join_words(bits: Iterable[Any]) -> str:
    """Return a list as one reads it in a sentence: "par téléphone, en face à face"."""
    return ", ".join(str(bit) for bit in bits if bit)


def mode_words(modes: Iterable[str]) -> str:
    """Return the ways of meeting in words."""
    return join_words(_MODES.get(mode, "") for mode in modes)


def language_words(languages: Iterable[str]) -> str:
    """Return languages in words."""
    return join_words(_SPOKEN.get(code, "") for code in languages)


def level_words(post: Post) -> str:
    """Return whom an offer suits, or where the requester stands."""
    return str(LEVELS[post.kind].get(post.level, ""))


def card_of(
    post: Post, *, own: bool = False, named: bool = True, show_network: bool = False, within: bool = True
) -> PostCard:
    """Return what a list says of a post (author, unit, site, network and topics loaded beforehand): no query.

    `within`: its reader is a member, for whom its topics and its author have pages.
    """
    slug = post.network.slug
    languages = post.languages if post.languages != [post.network.language] else []
    meta = [
        post.network.name if show_network else "",
        level_words(post) if post.level else "",
        mode_words(post.modes),
        post.place,
        language_words(languages),
        _("en petit groupe") if post.small_group else "",
    ]
    return PostCard(
        id=post.public_id,
        kind=post.kind,
        title=str(post),
        url=reverse("posts:post", args=[post.public_id]),
        person=post.author.display_name if named else "",
        line=person_line(post.author),
        initials=post.author.initials,
        person_url=reverse("people:person", args=[slug, post.author.public_id]) if within else "",
        text=cut(post.description or post.purpose, TEXT_SHOWN),
        topics=[
            {
                "label": topic.label,
                "url": reverse("find:topic", args=[slug, topic.public_id]) if within else "",
            }
            for topic in post.topics.all()
        ],
        meta=[capfirst(bit) for bit in meta if bit],
        state=capfirst(post.get_state_display()) if own and not post.is_open else "",
        state_tone=STATE_TONES[post.state],
        due=expiry_words(post) if own and post.is_open else "",
    )


def cards_of(posts: Iterable[Post], **how: bool) -> dict[str, list[PostCard]]:
    """Return cards by kind, for two columns: {"offers": […], "requests": […]}."""
    sides: dict[str, list[PostCard]] = {"offers": [], "requests": []}
    for post in posts:
        sides["offers" if post.is_offer else "requests"].append(card_of(post, **how))
    return sides


def expiry_words(post: Post) -> str:
    """Return until when a published post is visible, in words."""
    if post.expires_at is None:
        return ""
    day = {"day": words(post.expires_at, "full")}
    if expires_soon(post.expires_at, clock.now()):
        return _("Expire le %(day)s") % day
    return _("Visible jusqu’au %(day)s") % day


def obstacle(membership: Membership | None, kinds: Iterable[str] = ()) -> Obstacle | None:
    """Return what keeps this member from asking for an introduction, or None; `kinds` are those they have published."""
    if membership is None:
        return Obstacle(
            _("Vous n’êtes pas membre de ce réseau"),
            _("Seuls les membres demandent une mise en relation."),
            [(_("Voir les réseaux"), reverse("join:directory"))],
        )
    now, network = clock.now(), membership.network
    if membership.is_suspended(now):
        return Obstacle(
            _("Vos mises en relation sont suspendues"),
            _("Elles reprennent le %(day)s. La décision qui vous a été adressée dit pourquoi.")
            % {"day": words(membership.suspended_until, "day")},
            [(_("Lire la décision"), reverse("moderation:mine"))],
        )
    if membership.is_paused(now):
        return Obstacle(
            _("Votre participation est en pause"),
            _("Elle reprend le %(day)s. D’ici là, vous pouvez lire et publier.")
            % {"day": words(membership.away_until, "day")},
            [(_("Reprendre dès maintenant"), reverse("join:membership", args=[network.slug]))],
        )
    if not membership.is_active(network, now):
        return _inactive(network, set(kinds))
    if needs_signature(membership):
        return Obstacle(
            _("La charte du réseau a changé"),
            _(
                "Relisez-la et signez la nouvelle version : vous pourrez ensuite demander une mise en relation."
            ),
            [(_("Lire et signer la charte"), reverse("join:charter", args=[network.slug]))],
        )
    return None


def _inactive(network: Any, kinds: set[str]) -> Obstacle:
    missing = [kind for kind in Kind.values if kind not in kinds]
    text = {
        (Kind.OFFER,): _("Il vous reste à publier une offre pour demander une mise en relation."),
        (Kind.REQUEST,): _("Il vous reste à publier une demande pour demander une mise en relation."),
    }.get(
        tuple(missing),
        _("Publiez une offre et une demande : vous pourrez ensuite demander une mise en relation."),
    )
    labels = {Kind.OFFER: _("Écrire une offre"), Kind.REQUEST: _("Écrire une demande")}
    return Obstacle(
        _("Ici, chacun propose et demande"),
        text,
        [(labels[kind], reverse("posts:new", args=[network.slug, kind])) for kind in missing],
    )


def other_obstacle(reader: Person, post: Post, author: Membership | None) -> Obstacle | None:
    """Return what, on the author's side, keeps the reader from asking about a post; `author` is their membership."""
    network = post.network
    if author is None:
        return Obstacle(_("Cette personne ne fait plus partie du réseau"), "", [])
    if author.is_paused(clock.now()):
        return Obstacle(
            _("Cette personne est en pause en ce moment"),
            _("Elle ne prend pas de nouvel échange pour l’instant. Son annonce reste lisible."),
            [],
        )
    if network.exclude_own_manager and (
        reader.manager_id == post.author_id or post.author.manager_id == reader.pk
    ):
        return Obstacle(
            _("Vous travaillez déjà directement ensemble"),
            _("Ce réseau ne met pas en relation une personne et son responsable direct."),
            [],
        )
    return None


def ask_url(post: Post, mine: Post | None = None) -> str:
    """Return where one asks for an introduction about someone's post, from one of one's own when there is one."""
    address = reverse("exchanges:ask", args=[post.network.slug])
    pair = [one for one in (post, mine) if one is not None]
    return address + "?" + "&".join(f"{one.kind}={one.public_id}" for one in pair)


@dataclasses.dataclass(frozen=True)
class FoundCard:
    """Somebody found for the reader; `find/found.html` draws it."""

    id: str
    person: str
    line: str
    person_url: str
    kind: str
    title: str
    post_url: str
    reasons: list[str]
    ask_url: str
    dismiss_url: str
    why_url: str
    later_url: str
    mine: str
    mine_kind: str
    mine_url: str
    network: str
    slug: str


def found_card(found: Any) -> FoundCard:
    """Return what a page says of one suggestion: no query."""
    post, mine, person = found.post, found.mine, found.person
    return FoundCard(
        id=found.id,
        person=person.display_name,
        line=person_line(person),
        person_url=reverse("people:person", args=[post.network.slug, person.public_id]),
        kind=post.kind,
        title=post.title,
        post_url=reverse("posts:post", args=[post.public_id]),
        reasons=[capfirst(reason) for reason in found.reasons],
        ask_url=ask_url(post, mine),
        dismiss_url=reverse("find:dismiss", args=[found.id]) if found.id else "",
        why_url=reverse("matching:suggestion", args=[found.id]) if found.id else "",
        later_url=reverse("matching:later", args=[found.id]) if found.id and not mine.is_offer else "",
        mine=mine.title,
        mine_kind=mine.kind,
        mine_url=reverse("posts:post", args=[mine.public_id]),
        network=post.network.name,
        slug=post.network.slug,
    )


def found_by_post(founds: Iterable[Any]) -> list[dict[str, Any]]:
    """Return suggestions grouped by the reader's own post, in the order found."""
    groups: dict[str, dict[str, Any]] = {}
    for found in founds:
        card = found_card(found)
        group = groups.setdefault(
            card.mine_url,
            {
                "title": card.mine,
                "kind": card.mine_kind,
                "url": card.mine_url,
                "network": card.network,
                "slug": card.slug,
                "founds": [],
            },
        )
        group["founds"].append(card)
    return list(groups.values())
