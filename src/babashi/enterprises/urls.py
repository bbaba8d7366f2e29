"""Addresses of enterprise files: for their people below /enterprise/, for officials below /desk/register/."""

from django.urls import path

from babashi.enterprises import desk, views

app_name = "enterprises"

urlpatterns = [
    path("enterprise/", views.mine, name="mine"),
    path("enterprise/find/", views.find, name="find"),
    path("enterprise/claim/<str:uscc>/", views.start, name="start"),
    path("enterprise/claims/<int:claim_id>/", views.claim, name="claim"),
    path("enterprise/claims/<int:claim_id>/send/", views.send_code, name="send_code"),
    path("enterprise/claims/<int:claim_id>/prove/", views.prove, name="prove"),
    path("enterprise/claims/<int:claim_id>/withdraw/", views.withdraw, name="withdraw"),
    path("enterprise/claims/<int:claim_id>/answer/", views.answer, name="answer"),
    path("enterprise/<str:uscc>/", views.file, name="file"),
    path("enterprise/<str:uscc>/facts/", views.facts, name="facts"),
    path("enterprise/<str:uscc>/tables/<str:table_id>/", views.table, name="table"),
    path("enterprise/<str:uscc>/tables/<str:table_id>/retract/", views.retract, name="retract"),
    path("enterprise/<str:uscc>/account/", views.account, name="account"),
    path("enterprise/<str:uscc>/people/", views.people, name="people"),
    path("enterprise/<str:uscc>/people/<int:member_id>/end/", views.end, name="end"),
    path("enterprise/<str:uscc>/invitations/<int:claim_id>/cancel/", views.cancel, name="cancel"),
    path("desk/register/", desk.register, name="register"),
    path("desk/register/imports/", desk.imports, name="imports"),
    path("desk/register/imports/<uuid:staged_id>/", desk.import_preview, name="import_preview"),
    path("desk/register/claims/", desk.claims, name="claims"),
    path("desk/register/claims/<int:claim_id>/", desk.decide, name="decide_claim"),
    path("desk/register/fill/<str:fact>/", desk.fill, name="fill"),
    path("desk/register/<str:uscc>/", desk.file, name="desk_file"),
]
