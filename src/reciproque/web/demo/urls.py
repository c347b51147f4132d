"""Addresses of this section; all of them answer 404 outside the demo."""

from django.urls import path

from reciproque.web.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/", views.door, name="door"),
    path("demo/enter/<str:public_id>/", views.enter, name="enter"),
    path("demo/mailbox/", views.mailbox, name="mailbox"),
    path("demo/mailbox/<str:public_id>/", views.mail, name="mail"),
    path("demo/mailbox/<str:public_id>/invitation.ics", views.attachment, name="attachment"),
    path("demo/clock/", views.move_clock, name="clock"),
]
