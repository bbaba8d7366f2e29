"""Addresses of the budget."""

from django.urls import path

from babashi.budget import desk, views

app_name = "budget"
urlpatterns = [
    path("budget/", views.progress, name="progress"),
    path("desk/budget/", desk.overview, name="overview"),
    path("desk/budget/change/", desk.change, name="change"),
    path("desk/budget/ledger/", desk.ledger, name="ledger"),
]
