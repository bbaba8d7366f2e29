"""Addresses of the application pages and of the desk's list of interests."""

from django.urls import path

from babashi.applications import desk, editing, views

app_name = "applications"

urlpatterns = [
    path("applications/", views.mine, name="mine"),
    path("applications/new/<str:pack>/<str:item>/", views.start, name="start"),
    path("applications/automatic/<str:pack>/<str:item>/", views.automatic, name="automatic"),
    path("applications/<uuid:public_id>/", editing.edit, name="edit"),
    path("applications/<uuid:public_id>/save/", editing.autosave, name="autosave"),
    path("applications/<uuid:public_id>/files/", editing.upload, name="upload"),
    path("applications/<uuid:public_id>/files/<int:attachment_id>/", editing.download, name="download"),
    path("applications/<uuid:public_id>/files/<int:attachment_id>/remove/", editing.remove, name="remove"),
    path("applications/<uuid:public_id>/check/", editing.check, name="check"),
    path("applications/<uuid:public_id>/receipt/", views.receipt, name="receipt"),
    path("interests/new/<str:pack>/<str:item>/", views.interest, name="interest"),
    path("desk/interests/", desk.interests, name="interests"),
    path("desk/interests/<int:interest_id>/answer/", desk.answer, name="answer_interest"),
]
