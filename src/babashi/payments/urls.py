"""Addresses of the payments desk."""

from django.urls import path

from babashi.payments import desk

app_name = "payments"
urlpatterns = [
    path("desk/payments/", desk.overview, name="overview"),
    path("desk/payments/order/", desk.order, name="order"),
    path("desk/payments/batch/", desk.batch_make, name="batch_make"),
    path("desk/payments/batches/", desk.batch_list, name="batches"),
    path("desk/payments/batches/<str:number>/", desk.batch_page, name="batch"),
    path("desk/payments/batches/<str:number>/export/", desk.batch_export, name="batch_export"),
    path("desk/payments/batches/<str:number>/dissolve/", desk.batch_dissolve, name="batch_dissolve"),
    path("desk/payments/answers/", desk.answers, name="answers"),
    path("desk/payments/answers/sample/", desk.answers_sample, name="answers_sample"),
    path("desk/payments/answers/<int:answer_id>/settle/", desk.answer_settle, name="answer_settle"),
    path("desk/payments/<str:number>/repay/", desk.repay, name="repay"),
]
