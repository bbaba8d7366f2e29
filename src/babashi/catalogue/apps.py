"""Django application: catalogue."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "babashi.catalogue"
    label = "catalogue"
    verbose_name = "政策目录"
