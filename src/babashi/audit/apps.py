"""Django application: audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "babashi.audit"
    label = "audit"
    verbose_name = "审计"
