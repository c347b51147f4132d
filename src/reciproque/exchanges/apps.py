from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "reciproque.exchanges"
    default_auto_field = "django.db.models.BigAutoField"
