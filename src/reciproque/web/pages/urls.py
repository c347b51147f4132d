"""Addresses of this section."""

from django.urls import path

from reciproque.web.pages import views

app_name = "pages"
urlpatterns = [
    path("p/<slug:slug>/", views.public, name="public"),
    path("guide/", views.guide, name="guide"),
    path("guide/<slug:role>/", views.guide_role, name="guide_role"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("gallery/", views.gallery, name="gallery"),
]
