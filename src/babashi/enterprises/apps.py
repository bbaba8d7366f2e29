"""Django application: enterprises."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "babashi.enterprises"
    label = "enterprises"
    verbose_name = "企业档案"
