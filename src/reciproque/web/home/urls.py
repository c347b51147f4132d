"""Addresses of this section."""

from django.urls import path

from reciproque.web.home import views

app_name = "home"
urlpatterns = [path("", views.home, name="home")]
