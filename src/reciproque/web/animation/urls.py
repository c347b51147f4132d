"""Addresses of the animation team's pages."""

from django.urls import path

from reciproque.web.animation.views import (
    acting,
    behalf,
    broadcasts,
    cases,
    desk,
    exchanges,
    introductions,
    members,
    pool,
    telling,
)

app_name = "animation"
_HERE = "networks/<slug:slug>/animation/"
_MEMBER = _HERE + "members/<str:person_id>/"
urlpatterns = [
    path(_HERE, desk.desk, name="desk"),
    path(_HERE + "cases/remind/", desk.remind_many, name="remind_many"),
    path(_HERE + "cases/<str:key>/", cases.case, name="case"),
    path(_HERE + "cases/<str:key>/<slug:act>/", cases.act, name="act"),
    path(_HERE + "attempts/<str:attempt_id>/undo/", cases.undo, name="undo"),
    path(
        _HERE + "<str:kind>/<str:subject_id>/for/<str:person_id>/",
        behalf.on_behalf,
        name="on_behalf",
    ),
    path(_HERE + "pool/", pool.pool, name="pool"),
    path(_HERE + "pool/add/", pool.add, name="pool_add"),
    path(_HERE + "pool/<str:pool_id>/", pool.member, name="pool_member"),
    path(_HERE + "pool/<str:pool_id>/training/", pool.training, name="pool_training"),
    path(_HERE + "pool/<str:pool_id>/leave/", pool.leave, name="pool_leave"),
    path("networks/<slug:slug>/helping/", pool.helping, name="helping"),
    path("networks/<slug:slug>/helping/leave/", pool.helping_leave, name="helping_leave"),
    path(_HERE + "notes/<str:note_id>/remove/", members.remove_note, name="note_remove"),
    path(_MEMBER + "notes/", members.note, name="note"),
    path(_HERE + "applications/<str:membership_id>/", desk.application, name="application"),
    path(_HERE + "members/", members.members, name="members"),
    path(_HERE + "declare/", acting.declare_for, name="declare_for"),
    path(_HERE + "introductions/<str:introduction_id>/", introductions.introduction, name="introduction"),
    path(_HERE + "exchanges/<str:exchange_id>/", exchanges.exchange, name="exchange"),
    path(_HERE + "exchanges/<str:exchange_id>/sheets/", exchanges.review_sheets, name="review_sheets"),
    path(_HERE + "reviews/", exchanges.review_code, name="review_code"),
    path(_HERE + "exchanges/<str:exchange_id>/review/<str:person_id>/", acting.review_for, name="review_for"),
    path(_MEMBER, members.member, name="member"),
    path(_MEMBER + "admit/", members.admit, name="admit"),
    path(_MEMBER + "waive/", members.waive, name="waive"),
    path(_MEMBER + "capacity/", members.capacity, name="capacity"),
    path(_MEMBER + "post/<str:kind>/", acting.post_for, name="post_for"),
    path(_MEMBER + "ask/", introductions.ask_for, name="ask_for"),
    path(_HERE + "telling/", telling.telling, name="telling"),
    path(_HERE + "telling/undelivered/", telling.undelivered, name="undelivered"),
    path(_HERE + "telling/undelivered/<str:trouble_id>/again/", telling.try_again, name="try_again"),
    path(_HERE + "telling/write/", broadcasts.write, name="broadcast"),
    path(_HERE + "telling/sent/<str:broadcast_id>/", broadcasts.sent, name="broadcast_sent"),
    path(_HERE + "telling/sheets/", telling.sheets, name="telling_sheets"),
    path(_HERE + "telling/people/<str:person_id>/told/", telling.told, name="telling_told"),
    path(_HERE + "telling/people/<str:person_id>/sheet/", telling.sheet, name="telling_sheet"),
]
