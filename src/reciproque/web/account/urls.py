"""Addresses of this section."""

from django.urls import path

from reciproque.web.account import views

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
    path("me/preferences/", views.preferences, name="preferences"),
    path("me/preferences/notices/", views.notices, name="notices"),
]
