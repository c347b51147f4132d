"""Addresses for programs: calendars today."""

from django.urls import path

from reciproque.api import views

app_name = "api"
urlpatterns = [path("feeds/<str:secret>.ics", views.feed, name="feed")]
