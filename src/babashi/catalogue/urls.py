"""Addresses of the catalogue."""

from django.urls import path

from babashi.catalogue import desk, views

app_name = "catalogue"

urlpatterns = [
    path("policies/", views.search, name="search"),
    path("policies/<str:pack_id>/", views.document, name="document"),
    path("policies/<str:pack_id>/<str:item_id>/", views.item, name="item"),
    path("policies/<str:pack_id>/<str:item_id>/calculator/", views.calculator, name="calculator"),
    path("desk/packs/", desk.packs, name="packs"),
    path("desk/packs/submit/", desk.submit, name="submit_pack"),
    path("desk/packs/drafts/<int:draft_id>/", desk.draft, name="draft"),
    path("desk/packs/drafts/<int:draft_id>/publish/", desk.publish, name="publish_draft"),
    path("desk/packs/drafts/<int:draft_id>/refuse/", desk.refuse, name="refuse_draft"),
    path("desk/packs/versions/<int:version_id>/", desk.version, name="version"),
    path("desk/packs/versions/<int:version_id>/switch/", desk.switch, name="switch_pack"),
]
