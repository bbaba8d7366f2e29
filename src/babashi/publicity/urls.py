"""Addresses of the public notices."""

from django.urls import path

from babashi.publicity import desk, views

app_name = "publicity"

urlpatterns = [
    path("publicity/", views.notices, name="notices"),
    path("publicity/<str:number>/", views.notice, name="notice"),
    path("publicity/<str:number>/object/<int:entry_id>/", views.object_to, name="object"),
    path("desk/publicity/", desk.notices, name="desk"),
]
