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
from reciproque.recognition.models.training import (
    Attestation,
    LearningStore,
    Statement,
    TrainingExport,
    TrainingRecord,
    TrainingSetting,
)

__all__ = [
    "Attestation",
    "Badge",
    "Call",
    "Certification",
    "CertificationRule",
    "Confirmation",
    "Contest",
    "Evidence",
    "Key",
    "LearningStore",
    "Skill",
    "Standing",
    "Statement",
    "TrainingExport",
    "TrainingRecord",
    "TrainingSetting",
]
