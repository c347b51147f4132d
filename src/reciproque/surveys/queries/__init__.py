"""What is shown of questionnaires: mine, the form, campaigns, and results told by groups only."""

from reciproque.surveys.queries.audience import awaits_event, count_audience, members_of_group, people_of
from reciproque.surveys.queries.impact import impact_of
from reciproque.surveys.queries.pages import (
    CampaignPage,
    Edited,
    Form,
    Mine,
    MyLine,
    QuestionnaireLine,
    campaign_page,
    campaigns_of,
    edited,
    form_of,
    my_answers,
    my_questionnaires,
    preview_of,
    questionnaires_of,
    supplied_ones,
)
from reciproque.surveys.queries.promises import promises_of, readers_of
from reciproque.surveys.queries.results import Answered, Bar, Part, Results, result_rows, results
from reciproque.surveys.queries.waiting import still_awaited

__all__ = [
    "Answered",
    "Bar",
    "CampaignPage",
    "Edited",
    "Form",
    "Mine",
    "MyLine",
    "Part",
    "QuestionnaireLine",
    "Results",
    "awaits_event",
    "campaign_page",
    "campaigns_of",
    "count_audience",
    "edited",
    "form_of",
    "impact_of",
    "members_of_group",
    "my_answers",
    "my_questionnaires",
    "people_of",
    "preview_of",
    "promises_of",
    "questionnaires_of",
    "readers_of",
    "result_rows",
    "results",
    "still_awaited",
    "supplied_ones",
]
