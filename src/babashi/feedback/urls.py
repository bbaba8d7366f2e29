"""Addresses of progress and feedback."""

from django.urls import path

from babashi.feedback import desk, views

app_name = "feedback"
urlpatterns = [
    path("progress/<uuid:public_id>/", views.progress, name="progress"),
    path("progress/<uuid:public_id>/receipt/", views.receipt, name="receipt"),
    path("progress/<uuid:public_id>/rating/", views.rate, name="rate"),
    path("progress/<uuid:public_id>/complaint/", views.complain, name="complain"),
    path("desk/feedback/", desk.overview, name="overview"),
    path("desk/feedback/receipts/<int:receipt_id>/", desk.answer_receipt, name="answer_receipt"),
    path("desk/feedback/ratings/<int:rating_id>/", desk.answer_rating, name="answer_rating"),
    path("desk/feedback/complaints/<int:complaint_id>/", desk.answer_complaint, name="answer_complaint"),
]
