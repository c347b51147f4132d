from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "reciproque.initiatives"
    default_auto_field = "django.db.models.BigAutoField"
