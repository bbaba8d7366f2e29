"""Addresses of the application pages and of the desk's list of interests."""

from django.urls import path

from babashi.applications import desk, views

app_name = "applications"

urlpatterns = [
    path("applications/", views.mine, name="mine"),
    path("applications/new/<str:pack>/<str:item>/", views.start, name="start"),
    path("applications/automatic/<str:pack>/<str:item>/", views.automatic, name="automatic"),
    path("applications/<uuid:public_id>/", views.edit, name="edit"),
    path("applications/<uuid:public_id>/save/", views.autosave, name="autosave"),
    path("applications/<uuid:public_id>/files/", views.upload, name="upload"),
    path("applications/<uuid:public_id>/files/<int:attachment_id>/", views.download, name="download"),
    path("applications/<uuid:public_id>/files/<int:attachment_id>/remove/", views.remove, name="remove"),
    path("applications/<uuid:public_id>/check/", views.check, name="check"),
    path("applications/<uuid:public_id>/receipt/", views.receipt, name="receipt"),
    path("interests/new/<str:pack>/<str:item>/", views.interest, name="interest"),
    path("desk/interests/", desk.interests, name="interests"),
    path("desk/interests/<int:interest_id>/answer/", desk.answer, name="answer_interest"),
]
