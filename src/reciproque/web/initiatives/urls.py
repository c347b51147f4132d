"""Addresses of the pages of learning networks."""

from django.urls import URLPattern

app_name = "initiatives"
urlpatterns: list[URLPattern] = []
