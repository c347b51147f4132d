from django.apps import AppConfig


class CirclesConfig(AppConfig):
    name = "reciproque.circles"
    default_auto_field = "django.db.models.BigAutoField"
