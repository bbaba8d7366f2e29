"""Addresses of matching: home, results, questionnaire, desk."""

from django.urls import path

from babashi.matching import desk, views

app_name = "matching"

urlpatterns = [
    path("", views.home, name="home"),
    path("match/", views.mine, name="mine"),
    path("match/look-up/", views.look_up, name="look_up"),
    path("match/questionnaire/", views.question, name="question"),
    path("match/questionnaire/clear/", views.clear, name="clear"),
    path("match/answers/", views.answers, name="answers"),
    path("match/<str:uscc>/", views.result, name="result"),
    path("desk/matching/", desk.overview, name="overview"),
    path("desk/matching/rematch/", desk.rematch, name="rematch"),
]
