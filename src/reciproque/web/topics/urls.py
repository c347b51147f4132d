"""Topics, their families and synonyms, and the frameworks they are linked to."""

from django.urls import path

from reciproque.web.topics.views import browsing, curating, frameworks

app_name = "topics"
_DESK = "networks/<slug:slug>/animation/topics/"

urlpatterns = [
    path("networks/<slug:slug>/topics/", browsing.families, name="families"),
    path(_DESK, curating.curation, name="curation"),
    path(_DESK + "family/", curating.family, name="family"),
    path(_DESK + "<str:topic_id>/", curating.curate, name="curate"),
    path(_DESK + "<str:topic_id>/link/", curating.link, name="link"),
    path(_DESK + "<str:topic_id>/unname/", curating.unname, name="unname"),
    path(_DESK + "<str:topic_id>/merge/", curating.merge, name="merge"),
    path("frameworks/", frameworks.frameworks, name="frameworks"),
    path("frameworks/import/", frameworks.bring_in, name="bring_in"),
    path("frameworks/entries/<str:framework_entry_id>/", frameworks.entry, name="entry"),
    path("frameworks/<slug:framework_slug>/", frameworks.framework, name="framework"),
]
