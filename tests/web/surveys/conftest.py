"""The crowd and the campaigns of tests/surveys, for their pages."""

from tests.surveys.conftest import answer, crowd, questionnaire, seat_of, send

__all__ = ["answer", "crowd", "questionnaire", "seat_of", "send"]
