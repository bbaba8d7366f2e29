"""Addresses of outreach."""

from django.urls import path

from babashi.outreach import desk, views

app_name = "outreach"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/settings/", views.choices, name="choices"),
    path("inbox/<int:message_id>/", views.message, name="message"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("desk/outreach/", desk.overview, name="overview"),
    path("desk/outreach/<int:delivery_id>/retry/", desk.retry, name="retry"),
]
