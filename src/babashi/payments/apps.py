"""Django application: payments."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "babashi.payments"
    label = "payments"
    verbose_name = "兑付"
