"""Pages of skills seen, confirmed and certified, of badges and of one’s own record: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

if TYPE_CHECKING:
    from reciproque.recognition.models import Skill

either = require_http_methods(["GET", "HEAD", "POST"])


def crumbs(*trail: str | tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to one's own savoirs; `trail` is (label, address), the last one a label alone."""
    mine = [
        {"label": _("Mon espace"), "url": reverse("account:profile")},
        {"label": _("Mes savoirs"), "url": reverse("recognition:mine")},
    ]
    return [*mine, *(_crumb(step) for step in trail)]


def _crumb(step: str | tuple[str, str]) -> dict[str, str]:
    if isinstance(step, str):
        return {"label": step}
    label, url = step
    return {"label": label, "url": url}


def skill_url(skill: Skill) -> str:
    """Return the page of a savoir of someone."""
    return reverse("recognition:skill", args=[skill.public_id])


def status_of(form: Any) -> int:
    """Return 422 for a form sent and refused, else 200."""
    return 422 if form is not None and form.is_bound and form.errors else 200
