"""Django application: workdays."""

from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    name = "babashi.workdays"
    label = "workdays"
    verbose_name = "工作日与时钟"
