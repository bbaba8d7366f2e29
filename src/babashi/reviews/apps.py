"""Django application: reviews."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "babashi.reviews"
    label = "reviews"
    verbose_name = "审批"
