"""What the chat rooms of a network are told: its life, in the words of a wall, never what concerns one person."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reciproque.catalogue.models import Post
from reciproque.kit import clock
from reciproque.kit.dates import moment_in_words
from reciproque.notices.engine.chats import Note
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.story import Story
from reciproque.notices.messages.writing import address
from reciproque.notices.models import Hook, Outgoing
from reciproque.notices.rules import ROOM_LEAST, ROOM_TITLES, HookTopic

Page = Callable[[Story], str]


def network_page(story: Story) -> str:
    """The front page of the network."""
    return page("join:network", slug=story.network.slug if story.network else "")


def always(story: Story) -> bool:
    """Told whenever it happens."""
    return True


def is_fair(story: Story) -> bool:
    """A fair, open to all; a session among a few people is nobody else's business."""
    return story.data.get("gathering_kind") == "fair" and bool(story.data.get("announced", True))


@dataclasses.dataclass(frozen=True)
class Told:
    """One fact told to the rooms that asked for its topic. Texts are lazy, with the names of `words_for_all`."""

    fact: str
    topic: HookTopic
    act: tuple[Any, Page]
    subject: Any
    says: Sequence[Any]
    # Whether this one is told at all.
    only: Callable[[Story], bool] = always

    def written(self, story: Story, language: str) -> dict[str, Any]:
        """Return the fields of the message to one room."""
        with translation.override(language):
            words = words_for_all(story)
            label, where = self.act
            return fields(
                str(self.subject) % words,
                [str(sentence) % words for sentence in self.says],
                str(label),
                address(where(story)),
            )


def words_for_all(story: Story) -> Mapping[str, str]:
    """Return the names that a text for everyone may use: nobody's name is among them."""
    data = story.data
    moment, zone = data.get("starts_at"), data.get("zone") or settings.TIME_ZONE
    return {
        "network": story.network.name if story.network else "",
        "title": str(data.get("title") or data.get("name") or ""),
        "place": str(data.get("place") or ""),
        "when": moment_in_words(dt.datetime.fromisoformat(moment), zone, clock.now()) if moment else "",
        "day": story.day,
    }


def fields(subject: str, lines: list[str], label: str, url: str) -> dict[str, Any]:
    """Return what a row of the outbox keeps of a message to a room."""
    return {
        "subject": subject[:200],
        "text": "\n".join(lines),
        "url": url,
        "parts": {"lines": lines, "act": [label, url]},
    }


def note_of(row: Outgoing) -> Note:
    """Return a stored message as the programs' payloads are made from it."""
    label, url = row.parts["act"]
    return Note(
        row.subject,
        list(row.parts["lines"]),
        label,
        url,
        event=row.fact_name,
        network=row.network.slug if row.network else "",
        at=row.at.isoformat(),
    )


SEE = (gettext_lazy("Voir le réseau"), network_page)

ROOMS: list[Told] = [
    Told(
        "charter.published",
        HookTopic.LIFE,
        SEE,
        gettext_lazy("La charte du réseau « %(network)s » a changé"),
        [gettext_lazy("Une nouvelle version est publiée : chaque membre la lit et la signe.")],
    ),
    Told(
        "network.opened_to",
        HookTopic.LIFE,
        SEE,
        gettext_lazy("Le réseau « %(network)s » s’ouvre plus largement"),
        [gettext_lazy("De nouvelles personnes peuvent le rejoindre à partir du %(day)s.")],
    ),
    Told(
        "gathering.planned",
        HookTopic.FAIRS,
        SEE,
        gettext_lazy("Une bourse du réseau « %(network)s » : %(title)s"),
        [gettext_lazy("%(when)s, %(place)s.")],
        only=is_fair,
    ),
    Told(
        "gathering.cancelled",
        HookTopic.FAIRS,
        SEE,
        gettext_lazy("Annulée : %(title)s"),
        [gettext_lazy("La bourse prévue %(when)s, %(place)s, n’aura pas lieu.")],
        only=is_fair,
    ),
]
TOLD: list[str] = sorted({told.fact for told in ROOMS})


def rooms_told_of(fact_name: str) -> Told | None:
    """Return what rooms are told of a fact, if anything."""
    return next((told for told in ROOMS if told.fact == fact_name), None)


def posts_note(hook: Hook, posts: Sequence[Post], total: int) -> dict[str, Any]:
    """Write the new offers and requests of a network for a room: titles only, never who wrote them."""
    with translation.override(hook.language):
        network = hook.network.name
        said = {True: _("Offre : %(title)s"), False: _("Demande : %(title)s")}
        lines = [said[post.is_offer] % {"title": post.title} for post in posts[:ROOM_TITLES]]
        more = total - len(lines)
        if more > 0:
            lines.append(ngettext("et %(count)d autre", "et %(count)d autres", more) % {"count": more})
        subject = ngettext(
            "%(count)d nouvelle annonce dans « %(network)s »",
            "%(count)d nouvelles annonces dans « %(network)s »",
            total,
        )
        return fields(
            subject % {"count": total, "network": network},
            lines,
            _("Voir le réseau"),
            address(page("join:network", slug=hook.network.slug)),
        )


def figures_note(hook: Hook, figures: Mapping[str, int]) -> dict[str, Any]:
    """Write the week's figures of a network for a room; a small number would speak of somebody, and is not said."""
    with translation.override(hook.language):
        labels = {
            "joined": _("Nouveaux membres : %(count)s"),
            "offers": _("Nouvelles offres : %(count)s"),
            "requests": _("Nouvelles demandes : %(count)s"),
            "held": _("Rencontres qui ont eu lieu : %(count)s"),
            "finished": _("Échanges terminés : %(count)s"),
        }
        few = _("moins de %(least)d") % {"least": ROOM_LEAST}
        lines = [
            label % {"count": figures[name] if figures[name] >= ROOM_LEAST else few}
            for name, label in labels.items()
            if figures.get(name)
        ]
        return fields(
            _("La semaine du réseau « %(network)s »") % {"network": hook.network.name},
            lines or [_("Une semaine calme.")],
            _("Voir le réseau"),
            address(page("join:network", slug=hook.network.slug)),
        )
