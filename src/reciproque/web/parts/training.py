"""What a page of an exchange, a session or a group says of training: what one may propose, what is already there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from reciproque.recognition.access import may_ask_training
from reciproque.recognition.queries import trainings_about

if TYPE_CHECKING:
    from reciproque.people.models import Person


def training_panel(person: Person, kind: str, source_id: str) -> dict[str, Any] | None:
    """Return what `recognition/training_panel.html` draws; None where nothing counts and nothing did."""
    rows = [
        {
            "title": row.title,
            "name": row.other(person).display_name,
            "state": row.get_state_display(),
            "url": reverse("recognition:training", args=[row.public_id]),
        }
        for row in trainings_about(person, kind, source_id)
    ]
    may_ask = may_ask_training(person, kind, source_id)
    if not rows and not may_ask:
        return None
    url = reverse("recognition:training_new", args=[kind, source_id]) if may_ask else ""
    return {"rows": rows, "url": url}
