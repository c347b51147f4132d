"""What the animation team is about to send, shown before it leaves."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from reciproque.kit.text import cut
from reciproque.networks.models import Network
from reciproque.notices.engine.layouts import render
from reciproque.notices.messages import BROADCAST
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.writing import (
    Link,
    Written,
    address,
    greeting_of,
    kept,
    one_line,
    paragraphs,
    whole_text,
)
from reciproque.notices.rules import SUBJECT_MAX
from reciproque.people.models import Person


def write_broadcast(network: Network, by: Person, subject: str, text: str) -> Written:
    """Show, in the active language, what the animation team would send: the same words and layout as the message itself."""
    words = {"title": subject, "by": by.display_name, "network": network.name}
    label, _where = BROADCAST.act
    parts: dict[str, Any] = {
        "language": (translation.get_language() or "fr")[:2],
        "subject": cut(one_line(str(BROADCAST.subject) % words), SUBJECT_MAX),
        "greeting": greeting_of(text),
        "sentences": [*paragraphs(text), *(str(sentence) % words for sentence in BROADCAST.says)],
        "quote": "",
        "deadline": "",
        "answers": [],
        "act": Link(str(label), address(page("join:network", slug=network.slug))),
        "network": network.name,
        "preferences": address(page("account:preferences")),
    }
    return Written(
        parts["subject"],
        whole_text(parts),
        render("emails/message.html", parts),
        parts["act"].url,
        kept(parts),
    )
