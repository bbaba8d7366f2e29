"""Django application: feedback."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "babashi.feedback"
    label = "feedback"
    verbose_name = "反馈"
