"""Django application: applications."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "babashi.applications"
    label = "applications"
    verbose_name = "申报"
