from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "reciproque.catalogue"
    default_auto_field = "django.db.models.BigAutoField"
