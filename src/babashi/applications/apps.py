"""Django application: applications."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class ApplicationsConfig(AppConfig):
    name = "babashi.applications"
    label = "applications"
    verbose_name = "申报"

    def ready(self) -> None:
        """Refuse to start with an event that the transition table does not know."""
        from babashi.applications import flow

        problems = flow.check()
        if problems:
            raise ImproperlyConfigured("applications.flow: " + "; ".join(problems))
