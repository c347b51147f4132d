"""A campaign keeps the title of what was asked, on the page of its results too."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reciproque.surveys.actions import close_campaign, edit_version, publish_version
from tests.surveys.conftest import NO, YES, short


def test_results_keep_the_title_of_what_was_asked(
    questionnaire: Any, send: Any, crowd: Any, answer: Any, alice: Any, client_of: Any
) -> None:
    people = crowd(12)
    campaign = send()
    for number, person in enumerate(people):
        answer(campaign, person, YES if number < 6 else NO)
    close_campaign(campaign, by=alice)
    edit_version(questionnaire, by=alice, definition=short(), title_fr="Autre", title_en="Other", revision=0)
    publish_version(questionnaire, by=alice)
    page = client_of(alice).get(reverse("surveys:results", args=[campaign.public_id])).content.decode()
    assert "Votre avis" in page
    assert "Autre" not in page
