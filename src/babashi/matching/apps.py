"""Django application: matching."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "babashi.matching"
    label = "matching"
    verbose_name = "智能匹配"
