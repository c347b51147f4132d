"""Addresses of what is expected of me and of meetings."""

from django.urls import path

from reciproque.web.agenda import views

app_name = "agenda"
urlpatterns = [
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/feed/", views.feed, name="feed"),
    path("agenda/calendars/", views.calendars, name="calendars"),
    path("meetings/<str:meeting_id>/", views.meeting, name="meeting"),
    path("meetings/<str:meeting_id>/propose/", views.propose, name="propose"),
    path("meetings/<str:meeting_id>/accept/", views.accept, name="accept"),
    path("meetings/<str:meeting_id>/fix/", views.fix, name="fix"),
    path("meetings/<str:meeting_id>/cancel/", views.cancel, name="cancel"),
    path("meetings/<str:meeting_id>/held/", views.held, name="held"),
    path("meetings/<str:meeting_id>/invitation.ics", views.ics, name="ics"),
    path("meetings/about/<str:kind>/<str:subject_id>/held/", views.held_about, name="held_about"),
]
