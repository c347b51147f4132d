"""Addresses of this section."""

from django.urls import path

from reciproque.web.people import views

app_name = "people"
urlpatterns = [
    path("networks/<slug:slug>/people/", views.members, name="members"),
    path("networks/<slug:slug>/people/<str:person_id>/", views.person, name="person"),
]
