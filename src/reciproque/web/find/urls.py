"""Addresses of this section."""

from django.urls import path

from reciproque.web.find import views

app_name = "find"
urlpatterns = [
    path("networks/<slug:slug>/find/", views.search, name="search"),
    path("networks/<slug:slug>/topics/<str:topic_id>/", views.topic, name="topic"),
    path("networks/<slug:slug>/suggestions/", views.suggestions, name="suggestions"),
    path("networks/<slug:slug>/alerts/", views.alerts, name="alerts"),
    path("suggestions/<str:suggestion_id>/dismiss/", views.dismiss, name="dismiss"),
]
