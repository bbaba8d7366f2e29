"""Addresses of the review: what applicants post, and the desk."""

from django.urls import path

from babashi.reviews import awaited, caseacts, casepage, desk, views

app_name = "reviews"

urlpatterns = [
    path("applications/<uuid:public_id>/submit/", views.submit, name="submit"),
    path("applications/<uuid:public_id>/resubmit/", views.resubmit, name="resubmit"),
    path("applications/<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/automatic/<str:pack>/<str:item>/confirm/", views.confirm, name="confirm"),
    path("desk/cases/", desk.todo, name="todo"),
    path("desk/cases/all/", desk.cases, name="cases"),
    path("desk/cases/corrections/", awaited.corrections, name="corrections"),
    path("desk/cases/batch/", desk.batch, name="batch"),
    path("desk/cases/batch/result/", desk.batch_result, name="batch_result"),
    path("desk/cases/<str:number>/", casepage.case, name="case"),
    path("desk/cases/<str:number>/claim/", caseacts.claim, name="claim"),
    path("desk/cases/<str:number>/release/", caseacts.release, name="release"),
    path("desk/cases/<str:number>/assign/", caseacts.assign, name="assign"),
    path("desk/cases/<str:number>/decide/", caseacts.decide, name="decide"),
    path("desk/cases/<str:number>/facts/", caseacts.facts, name="facts"),
    path("desk/cases/<str:number>/refresh/", caseacts.refresh, name="refresh"),
    path("desk/cases/<str:number>/cancel-correction/", caseacts.cancel, name="cancel_correction"),
    path("desk/cases/<str:number>/lapse/", caseacts.lapse, name="lapse_correction"),
    path("desk/cases/<str:number>/files/<int:attachment_id>/", casepage.download, name="download"),
    path("desk/queue/", desk.queue, name="queue"),
    path("desk/queue/drain/", desk.drain, name="drain"),
    path("desk/objections/", desk.objections, name="objections"),
    path("desk/objections/<int:objection_id>/", desk.objection, name="objection"),
]
