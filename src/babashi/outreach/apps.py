"""Django application: outreach."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "babashi.outreach"
    label = "outreach"
    verbose_name = "精准推送"
