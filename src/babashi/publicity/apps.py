"""Django application: publicity."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "babashi.publicity"
    label = "publicity"
    verbose_name = "公示"
