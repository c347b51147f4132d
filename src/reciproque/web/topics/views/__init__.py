"""Pages of topics and of the frameworks they are linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from reciproque.catalogue.models import Entry


def closeness_words(closeness: float) -> str:
    """Say in words how near a skill of a framework is to a topic."""
    if closeness >= 0.95:
        return _("mêmes mots")
    if closeness >= 0.7:
        return _("très proche")
    return _("proche") if closeness >= 0.5 else _("peut-être")


def place_of(entry: Entry) -> str:
    """Say of which framework an entry is, and under what it stands (loaded beforehand)."""
    under = entry.parent.label if entry.parent else ""
    return f"{entry.framework} · {under}" if under else str(entry.framework)
