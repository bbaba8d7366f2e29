"""Django application: accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "babashi.accounts"
    label = "accounts"
    verbose_name = "账号与角色"
