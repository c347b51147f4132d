"""Addresses of the pages of moderation."""

from django.urls import path

from reciproque.web.moderation.views import deciding, own, reporting

app_name = "moderation"
urlpatterns = [
    path("report/<str:kind>/<str:reported_id>/", reporting.report, name="report"),
    path("stop/<str:kind>/<str:subject_id>/", reporting.stop, name="stop"),
    path("reports/", own.mine, name="mine"),
    path("reports/queue/", deciding.queue, name="queue"),
    path("reports/<str:report_id>/", deciding.case, name="case"),
    path("decisions/<str:decision_id>/", own.decision, name="decision"),
    path("appeals/<str:appeal_id>/", deciding.appeal, name="appeal"),
    path("remove/<str:kind>/<str:removed_id>/", own.remove, name="remove"),
    path("me/apart/", own.apart, name="apart"),
    path("me/apart/<str:apart_id>/end/", own.end_apart, name="end_apart"),
]
