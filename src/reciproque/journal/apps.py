from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "reciproque.journal"
    default_auto_field = "django.db.models.BigAutoField"
