"""Addresses of this section."""

from django.urls import path

from reciproque.web.account import views
from reciproque.web.account.views import notices

app_name = "account"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/code/confirm/", views.confirm_code, name="confirm_code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.password_forgotten, name="password_forgotten"),
    path("password/sent/", views.password_forgotten_done, name="password_forgotten_done"),
    path("password/chosen/", views.password_reset_done, name="password_reset_done"),
    path("password/<str:uid>/<str:key>/", views.password_reset, name="password_reset"),
    path("me/", views.profile, name="profile"),
    path("me/history/", views.history, name="history"),
    path("me/preferences/", notices.preferences, name="preferences"),
    path("me/preferences/notices/", notices.choose, name="notices"),
    path("me/preferences/devices/", notices.add, name="device_add"),
    path("me/preferences/devices/<str:device_id>/remove/", notices.remove, name="device_remove"),
    path("unsubscribe/<str:token>/", notices.fewer, name="unsubscribe"),
    # At the root, or it could only watch over a part of the site.
    path("sw.js", notices.worker, name="worker"),
]
