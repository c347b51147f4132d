"""Addresses of the pages of gatherings."""

from django.urls import path

from reciproque.web.gatherings.views import papers, people, planning, room, spotting, typing

app_name = "gatherings"
_IN = "networks/<slug:slug>/"
_ONE = "gatherings/<str:gathering_id>/"
urlpatterns = [
    path(_IN + "gatherings/", planning.every, name="all"),
    path(_IN + "gatherings/new/<slug:gathering_kind>/", planning.plan, name="plan"),
    path(_IN + "spotting/", spotting.spotting, name="spotting"),
    path(_IN + "spotting/<int:page>/", spotting.question_page, name="question"),
    path(_IN + "spotting/<int:page>/draft/", spotting.draft, name="draft"),
    path(_IN + "spotting/found/", spotting.found, name="found"),
    path(_IN + "spotting/forget/", spotting.forget, name="forget"),
    path(_ONE, planning.gathering, name="gathering"),
    path(_ONE + "edit/", planning.edit, name="edit"),
    path(_ONE + "coming/", planning.coming, name="coming"),
    path(_ONE + "cancel/", planning.cancel, name="cancel"),
    *(
        path(f"{_ONE}{verb}/", planning.act, {"verb": verb}, name=verb)
        for verb in ("open", "close", "reopen")
    ),
    path(_ONE + "mine/", people.mine, name="mine"),
    path(_ONE + "people/", people.people, name="people"),
    path(_ONE + "people/ask/", people.ask, name="ask"),
    path(_ONE + "people/<str:participant_id>/", people.participant, name="participant"),
    path(_ONE + "typing/", typing.typing, name="typing"),
    path(_ONE + "typed/", typing.typed, name="typed"),
    path(_ONE + "names/", typing.names, name="names"),
    path(_ONE + "entries/", typing.entries, name="entries"),
    path(_ONE + "entries/<str:entry_id>/", typing.entry, name="entry"),
    path(_ONE + "introductions/", room.made, name="made"),
    path(_ONE + "screen/", room.screen, name="screen"),
    path(_ONE + "board/", room.board_now, name="board"),
    path(_ONE + "print/<slug:paper>/", papers.papers, name="papers"),
    path(_ONE + "report/", papers.report_page, name="report"),
]
