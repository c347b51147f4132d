"""Addresses of this section."""

from django.urls import path

from reciproque.web.join import views

app_name = "join"
urlpatterns = [
    path("networks/", views.directory, name="directory"),
    path("join/<str:secret>/", views.invitation, name="invitation"),
    path("networks/<slug:slug>/", views.network, name="network"),
    path("networks/<slug:slug>/interest/", views.interest, name="interest"),
    path("networks/<slug:slug>/join/", views.join, name="join"),
    path("networks/<slug:slug>/welcome/", views.welcome, name="welcome"),
    path("networks/<slug:slug>/charter/", views.charter, name="charter"),
    path("networks/<slug:slug>/membership/", views.membership, name="membership"),
    path("networks/<slug:slug>/membership/capacity/", views.capacity, name="capacity"),
    path("networks/<slug:slug>/membership/pause/", views.pause, name="pause"),
    path("networks/<slug:slug>/membership/resume/", views.resume, name="resume"),
    path("networks/<slug:slug>/membership/leave/", views.leave, name="leave"),
]
