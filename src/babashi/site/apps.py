"""Django application: site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "babashi.site"
    label = "site"
    verbose_name = "网站"

    def ready(self) -> None:
        from babashi.site import checks

        checks.register()
