"""Questionnaires: answering them, writing them, sending them, reading what was answered."""

from django.urls import path

from reciproque.web.surveys.views import answering, campaigns, results, writing

app_name = "surveys"
_DESK = "networks/<slug:slug>/questionnaires/"
_ONE = "questionnaires/<str:questionnaire_id>/"
_CAMPAIGN = "campaigns/<str:campaign_id>/"

urlpatterns = [
    # one's own
    path("me/questionnaires/", answering.mine, name="mine"),
    path("me/questionnaires.csv", answering.mine_csv, name="mine_csv"),
    path("me/questionnaires/<str:campaign_id>/", answering.answer, name="answer"),
    path("me/questionnaires/<str:campaign_id>/decline/", answering.decline_page, name="decline"),
    path("me/questionnaires/<str:campaign_id>/erase/", answering.erase, name="erase"),
    # a paper code, without signing in
    path("questionnaire/", answering.code, name="code"),
    # writing
    path(_DESK, writing.desk, name="desk"),
    path(_DESK + "least/", campaigns.floor, name="floor"),
    path(_DESK + "copy/<str:key>/", writing.copy, name="copy"),
    path(_DESK + "<str:questionnaire_id>/plan/", campaigns.plan, name="plan"),
    path(_ONE, writing.write, name="write"),
    path(_ONE + "frame/", writing.frame, name="frame"),
    path(_ONE + "preview/", writing.preview, name="preview"),
    path(_ONE + "sections/<str:key>/", writing.section, name="section"),
    path(_ONE + "questions/<str:key>/", writing.question, name="question"),
    # sending
    path(_CAMPAIGN, campaigns.campaign, name="campaign"),
    path(_CAMPAIGN + "codes/", campaigns.codes, name="codes"),
    path(_CAMPAIGN + "results/", results.read, name="results"),
    path(_CAMPAIGN + "results.csv", results.table, name="results_csv"),
    # on behalf of somebody without an address, at their request
    path(_CAMPAIGN + "people/<str:person_id>/", answering.on_behalf, name="on_behalf"),
]
