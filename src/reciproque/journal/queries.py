"""What a history shows."""

from typing import Any

from reciproque.journal.models import Fact


def history_of(subject: Any, limit: int = 100) -> list[Fact]:
    """Return the facts of one subject, latest first (the caller has already checked who may see it)."""
    return list(Fact.objects.about(subject).select_related("by").order_by("-at", "-pk")[:limit])


def history_for(person: Any, limit: int = 50, before: int | None = None) -> list[Fact]:
    """Return the latest facts that concern a person, for that person's own eyes."""
    facts = Fact.objects.visible_to(person).select_related("by").order_by("-pk")
    return list((facts.filter(pk__lt=before) if before else facts)[:limit])
