"""A message written for one reader: subject, text, HTML, calendar file, in their language."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from reciproque.agenda.models import Meeting
from reciproque.agenda.queries import calendar_entry
from reciproque.agenda.rules import MeetingKind
from reciproque.kit import ics
from reciproque.kit.text import clean, cut
from reciproque.kit.tokens import sign
from reciproque.notices.engine.layouts import render
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.shape import Message, Tap
from reciproque.notices.messages.story import Story
from reciproque.notices.rules import SUBJECT_MAX
from reciproque.people.models import Person

# How the words of somebody who greets begin, in our two languages.
_GREETED = re.compile(
    r"(bonjour|bonsoir|salut|chers?|chères?|hello|hi|dear|good (morning|afternoon|evening))\b", re.I
)


@dataclasses.dataclass(frozen=True)
class Written:
    """What one person receives."""

    subject: str
    text: str
    html: str
    url: str
    # What it is made of, as plain JSON: a letter that holds several is written from these.
    parts: dict[str, Any] = dataclasses.field(default_factory=dict)
    ics: str = ""
    ics_method: str = ""


@dataclasses.dataclass(frozen=True)
class Link:
    label: str
    url: str


def address(path: str) -> str:
    """Return the whole address of a page of this site."""
    return settings.BASE_URL + path


def one_line(text: str) -> str:
    """Return a text without its line breaks."""
    # Not str.split(), which would take the non-breaking spaces of French punctuation too.
    return re.sub(r"[ \t\n]+", " ", clean(text)).strip()


def _tap_link(tap: Tap, reader: Person) -> Link:
    token = sign(tap.kind.value, person=reader.public_id, subject=tap.subject)
    return Link(str(tap.label), address(page("exchanges:tap", token=token)))


def write(message: Message, story: Story, reader: Person) -> Written:
    """Write one message for one reader, in the reader's language and time zone."""
    with translation.override(reader.language):
        words = story.words(reader)
        said = [str(sentence) % words for sentence in message.says]
        label, where = message.act
        greeting = _("Bonjour %(name)s,") if message.personal and reader.first_name else _("Bonjour,")
        own = clean(message.quote(story)).strip() if message.quote else ""
        if message.letter:
            greeting, said, own = greeting_of(own), [*paragraphs(own), *said], ""
        parts: dict[str, Any] = {
            "language": reader.language,
            "subject": cut(one_line(str(message.subject) % words), SUBJECT_MAX),
            "greeting": greeting % {"name": one_line(reader.first_name)},
            "sentences": said,
            "quote": own,
            "deadline": story.deadline(reader, message.awaits),
            "answers": [_tap_link(tap, reader) for tap in message.taps(story, reader)],
            "act": Link(str(label), address(where(story, reader))),
            "network": words["network"],
            "preferences": address(page("account:preferences")),
        }
        calendar = _calendar(message, story, reader)
        return Written(
            subject=parts["subject"],
            text=whole_text(parts),
            html=render("emails/message.html", parts),
            url=parts["act"].url,
            parts=kept(parts),
            ics=calendar,
            ics_method=message.calendar if calendar else "",
        )


def greeting_of(letter: str) -> str:
    """Return how a letter begins whose author did not greet anybody; nothing when they did."""
    return "" if _GREETED.match(letter) else _("Bonjour,")


def paragraphs(letter: str) -> list[str]:
    """Return the paragraphs of a letter as its author set them apart."""
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", letter) if part.strip()]


def addressed(written: Written, message: Message, story: Story, reader: Person) -> Written:
    """Return what was written for everyone with this reader's own links in the place of the first reader's."""
    answers = written.parts.get("answers", [])
    if not answers:
        return written
    links = [_tap_link(tap, reader).url for tap in message.taps(story, reader)]
    text, html = written.text, written.html
    for (_label, former), url in zip(answers, links, strict=True):
        text, html = text.replace(former, url), html.replace(escape(former), escape(url))
    own = [[label, url] for (label, _former), url in zip(answers, links, strict=True)]
    return dataclasses.replace(written, text=text, html=html, parts=written.parts | {"answers": own})


def kept(parts: dict[str, Any]) -> dict[str, Any]:
    """Return what a message is made of, but for what surrounds it in its own letter."""
    return {
        "sentences": parts["sentences"],
        "quote": parts["quote"],
        "deadline": parts["deadline"],
        "answers": [[link.label, link.url] for link in parts["answers"]],
        "act": [parts["act"].label, parts["act"].url],
    }


def whole_text(parts: dict[str, Any]) -> str:
    """Return the whole message as plain text: nothing of it is only in the HTML."""
    blocks = [parts["greeting"], body_text(parts), "-- \n" + signature(parts)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def body_text(parts: dict[str, Any]) -> str:
    """Return what a message says, as plain text, without its greeting and signature."""
    blocks: Sequence[str] = [
        *parts["sentences"],
        "\n".join(f"> {line}" for line in parts["quote"].splitlines()),
        parts["deadline"],
        "\n\n".join(f"{link.label}\n{link.url}" for link in (*parts["answers"], parts["act"])),
    ]
    return "\n\n".join(block for block in blocks if block)


def signature(parts: dict[str, Any]) -> str:
    """Return the lines under a letter: where it comes from, and where to choose what one receives."""
    lines = [
        _("Réciproque, réseau « %(network)s »") % parts if parts["network"] else "Réciproque",
        _("Ce message part tout seul : utilisez ses liens plutôt que d’y répondre."),
        _("Choisir ce que vous recevez :") + "\n" + parts["preferences"],
    ]
    return "\n".join(lines)


def _calendar(message: Message, story: Story, reader: Person) -> str:
    """Return the calendar file that goes with the message, empty when the meeting has no date to tell."""
    if message.calendar and story.data.get("meetings"):
        return _series(message, story, reader)
    meeting = story.meeting if message.calendar else None
    start = story.data.get("starts_at") or story.data.get("before")
    if meeting is None or not start:
        return ""
    entry = calendar_entry(
        meeting,
        site=settings.BASE_URL,
        sender=settings.DEFAULT_FROM_EMAIL,
        path=page("agenda:meeting", id=meeting.public_id),
        starts_at=dt.datetime.fromisoformat(start),
        # As it was when the fact happened: told late, it must not pass before what was told since.
        sequence=story.data.get("sequence"),
        cancelled=message.calendar == ics.CANCEL,
        people=_named_in(story, meeting, reader),
        changed_at=story.fact.at,
    )
    return ics.build([entry], method=message.calendar).decode()


def _named_in(story: Story, meeting: Meeting, reader: Person) -> Iterable[Person] | None:
    """Return whom the file names: who sits in a group is written in none, each has an invitation of their own."""
    if meeting.kind == MeetingKind.GROUP:
        return [reader]
    return story.people.values() if story.fact.name == "meeting.left" else None


def _series(message: Message, story: Story, reader: Person) -> str:
    """Return one calendar file for the sessions of a group that were fixed, joined or left together."""
    gone = message.calendar == ics.CANCEL
    entries = [
        calendar_entry(
            meeting,
            site=settings.BASE_URL,
            sender=settings.DEFAULT_FROM_EMAIL,
            path=page("agenda:meeting", id=meeting.public_id),
            cancelled=gone or None,
            people=[reader],
            changed_at=story.fact.at,
        )
        for meeting in story.series
    ]
    return ics.build(entries, method=message.calendar).decode() if entries else ""
