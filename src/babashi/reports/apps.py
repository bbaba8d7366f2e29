"""Django application: reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "babashi.reports"
    label = "reports"
    verbose_name = "报表"
