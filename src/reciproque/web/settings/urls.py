"""Addresses of this section."""

from django.urls import path

from reciproque.web.settings import views
from reciproque.web.settings.views import assistant, channels, choices, people

app_name = "settings"
urlpatterns = [
    path("networks/new/<int:page>/", assistant.new, name="new"),
    path("networks/<slug:slug>/settings/", views.index, name="index"),
    path("networks/<slug:slug>/settings/invitations/", people.invite, name="invite"),
    path(
        "networks/<slug:slug>/settings/invitations/<str:invitation_id>/close/",
        people.close_invitation,
        name="close_invitation",
    ),
    path("networks/<slug:slug>/settings/roles/", people.roles, name="roles"),
    path("networks/<slug:slug>/settings/roles/<str:role_id>/withdraw/", people.withdraw, name="withdraw"),
    path("networks/<slug:slug>/settings/channels/", channels.channels, name="channels"),
    path("networks/<slug:slug>/settings/channels/<str:hook_id>/", channels.channel, name="channel"),
    path(
        "networks/<slug:slug>/settings/channels/<str:hook_id>/try/", channels.try_channel, name="try_channel"
    ),
    path(
        "networks/<slug:slug>/settings/channels/<str:hook_id>/remove/",
        channels.remove_channel,
        name="remove_channel",
    ),
    path("networks/<slug:slug>/settings/<str:name>/", choices.page, name="page"),
]
