"""What each chat program understands at the address of one of its rooms. Names and titles come from people: no markup of
theirs, no call to a whole room."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

MAX_TEXT = 3500


@dataclasses.dataclass(frozen=True)
class Note:
    """What a room is told: a title, sentences, a list of lines, one link."""

    title: str
    lines: list[str]
    label: str
    url: str
    event: str = ""
    network: str = ""
    at: str = ""


def payload(kind: str, note: Note) -> bytes:
    """Return the body to post, as the room's program reads it."""
    return json.dumps(_WRITERS.get(kind, _generic)(note), ensure_ascii=False).encode()


def _slack(note: Note) -> dict[str, Any]:
    def plain(text: str) -> str:
        # "@channel" without the angle brackets of a call is only a word there.
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def said(text: str) -> str:
        # A mark joined to its word by a zero-width space does not format it.
        return re.sub(r"([*_~`])", "\u200b\\1", plain(text))

    lines = "\n".join(f"• {said(line)}" if len(note.lines) > 1 else said(line) for line in note.lines)
    body = f"*{said(note.title)}*\n{lines}"[:MAX_TEXT]
    link = f"<{note.url}|{said(note.label)}>"
    return {
        "text": plain(note.title),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": body}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": link}]},
        ],
    }


def _marked(text: str) -> str:
    """Markdown shown as it was typed, with nobody called."""
    text = re.sub(r"([\\`*_{}\[\]()<>#+!|~>-])", r"\\\1", text.replace("\n", " "))
    return re.sub(r"@(?=\w)", "@\u200b", text)


def _mattermost(note: Note) -> dict[str, Any]:
    lines = "\n".join(f"- {_marked(line)}" if len(note.lines) > 1 else _marked(line) for line in note.lines)
    body = f"**{_marked(note.title)}**\n\n{lines}"[:MAX_TEXT]
    return {"text": f"{body}\n\n[{_marked(note.label)}]({note.url})"}


def _teams(note: Note) -> dict[str, Any]:
    def block(text: str, **more: Any) -> dict[str, Any]:
        return {"type": "TextBlock", "text": _marked(text), "wrap": True, **more}

    lines = [block(f"{line}") for line in note.lines]
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [block(note.title, weight="Bolder", size="Medium"), *lines],
                    "actions": [{"type": "Action.OpenUrl", "title": note.label, "url": note.url}],
                },
            }
        ],
    }


def _generic(note: Note) -> dict[str, Any]:
    return {
        "event": note.event,
        "network": note.network,
        "title": note.title,
        "lines": note.lines,
        "label": note.label,
        "url": note.url,
        "at": note.at,
    }


_WRITERS = {"slack": _slack, "mattermost": _mattermost, "teams": _teams}
