"""Skills seen, confirmed and certified by the community; badges; calls to those who know."""

from reciproque.recognition.models.badges import Badge, Key
from reciproque.recognition.models.calls import Call
from reciproque.recognition.models.skills import (
    Certification,
    CertificationRule,
    Confirmation,
    Contest,
    Evidence,
    Skill,
    Standing,
)

__all__ = [
    "Badge",
    "Call",
    "Certification",
    "CertificationRule",
    "Confirmation",
    "Contest",
    "Evidence",
    "Key",
    "Skill",
    "Standing",
]
