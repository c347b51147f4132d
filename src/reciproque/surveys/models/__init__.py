"""Questionnaires and their versions; campaigns, seats and answers."""

from reciproque.surveys.models.answers import Aside, LooseAnswer, NamedAnswer, RandomKey
from reciproque.surveys.models.campaigns import Campaign, Floor, Seat, SeatQuerySet
from reciproque.surveys.models.questionnaires import Questionnaire, Version

__all__ = [
    "Aside",
    "Campaign",
    "Floor",
    "LooseAnswer",
    "NamedAnswer",
    "Questionnaire",
    "RandomKey",
    "Seat",
    "SeatQuerySet",
    "Version",
]
