from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "reciproque.matching"
    default_auto_field = "django.db.models.BigAutoField"
