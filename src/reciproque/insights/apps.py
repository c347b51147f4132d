from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "reciproque.insights"
    default_auto_field = "django.db.models.BigAutoField"
