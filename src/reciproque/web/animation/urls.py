"""Addresses of the animation team's pages."""

from django.urls import path

from reciproque.web.animation.views import acting, desk, exchanges, introductions, members

app_name = "animation"
_HERE = "networks/<slug:slug>/animation/"
_MEMBER = _HERE + "members/<str:person_id>/"
urlpatterns = [
    path(_HERE, desk.desk, name="desk"),
    path(_HERE + "waiting/<slug:reason>/", desk.waiting, name="waiting"),
    path(_HERE + "applications/<str:membership_id>/", desk.application, name="application"),
    path(_HERE + "members/", members.members, name="members"),
    path(_HERE + "declare/", acting.declare_for, name="declare_for"),
    path(_HERE + "introductions/<str:introduction_id>/", introductions.introduction, name="introduction"),
    path(_HERE + "exchanges/<str:exchange_id>/", exchanges.exchange, name="exchange"),
    path(_HERE + "exchanges/<str:exchange_id>/review/<str:person_id>/", acting.review_for, name="review_for"),
    path(_MEMBER, members.member, name="member"),
    path(_MEMBER + "admit/", members.admit, name="admit"),
    path(_MEMBER + "waive/", members.waive, name="waive"),
    path(_MEMBER + "capacity/", members.capacity, name="capacity"),
    path(_MEMBER + "post/<str:kind>/", acting.post_for, name="post_for"),
    path(_MEMBER + "ask/", introductions.ask_for, name="ask_for"),
]
