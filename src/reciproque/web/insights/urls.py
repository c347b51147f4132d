"""What a network brings: its figures and what is behind them, risks, reports, studies."""

from django.urls import URLPattern, path, register_converter

from reciproque.web.insights.views import (
    costs,
    figure,
    hazards,
    pictures,
    reports,
    steering,
    studies,
    targets,
)

app_name = "insights"


class IndicatorConverter:
    """The name of a figure in the code: two words and a dot, as nothing else here is called."""

    regex = "[a-z]+\\.[a-z_]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(IndicatorConverter, "indicator")

_FIGURES = "networks/<slug:slug>/figures/"

urlpatterns: list[URLPattern] = [
    # pictures and reports
    path(_FIGURES + "pictures/", pictures.pictures, name="pictures"),
    path(_FIGURES + "pictures/<str:kind>.<str:ending>", pictures.picture_file, name="picture_file"),
    path(_FIGURES + "pictures/<str:kind>/", pictures.picture, name="picture"),
    path(_FIGURES + "reports/", reports.reports, name="reports"),
    path(_FIGURES + "reports/<str:kind>/<str:start>/", reports.report, name="report"),
    path(_FIGURES + "reports/<str:kind>/<str:start>.<str:ending>", reports.report_file, name="report_file"),
    path(_FIGURES + "reports/<str:kind>/<str:start>/write/", reports.report_write, name="report_write"),
    path(_FIGURES + "reports/<str:kind>/<str:start>/send/", reports.report_send, name="report_send"),
    path(_FIGURES + "kit/", reports.handout, name="handout"),
    # the figures, what is behind each, what is aimed at
    path(_FIGURES, steering.steering, name="steering"),
    path(_FIGURES + "csv/", steering.steering_csv, name="steering_csv"),
    path(_FIGURES + "targets/", targets.targets, name="targets"),
    path(_FIGURES + "targets/<indicator:indicator>/", targets.target, name="target"),
    path(_FIGURES + "targets/<indicator:indicator>/drop/", targets.target_drop, name="target_drop"),
    path(_FIGURES + "<indicator:indicator>/", figure.figure, name="figure"),
    path(_FIGURES + "<indicator:indicator>/csv/", figure.figure_csv, name="figure_csv"),
    # the risks of the scheme, what it costs, studies
    path(_FIGURES + "risks/", hazards.hazards, name="hazards"),
    path(_FIGURES + "risks/<slug:hazard>/", hazards.hazard, name="hazard"),
    path(_FIGURES + "risks/<slug:hazard>/follow/", hazards.hazard_follow, name="hazard_follow"),
    path("risks/<str:care_id>/", hazards.followed, name="followed"),
    path(_FIGURES + "costs/", costs.costs, name="costs"),
    path(_FIGURES + "costs/change/", costs.costs_change, name="costs_change"),
    path(_FIGURES + "studies/", studies.studies, name="studies"),
    path(_FIGURES + "studies/new/", studies.study_new, name="study_new"),
    path("studies/<str:study_id>/", studies.study, name="study"),
    path("studies/<str:study_id>/answer/", studies.study_answer, name="study_answer"),
    path("studies/<str:study_id>/withdraw/", studies.study_withdraw, name="study_withdraw"),
    path("studies/<str:study_id>/coarsen/", studies.study_coarsen, name="study_coarsen"),
    path("studies/<str:study_id>/make/", studies.study_make, name="study_make"),
    path("studies/<str:study_id>/take/", studies.study_take, name="study_take"),
    path("studies/<str:study_id>/end/", studies.study_end, name="study_end"),
    path("me/studies/", studies.my_studies, name="my_studies"),
]
