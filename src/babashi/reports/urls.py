"""Addresses of the reports."""

from django.urls import path

from babashi.reports import desk

app_name = "reports"
urlpatterns = [path("desk/reports/", desk.quarterly, name="quarterly")]
