"""Django application: budget."""

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "babashi.budget"
    label = "budget"
    verbose_name = "预算"
