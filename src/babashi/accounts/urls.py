"""Addresses of accounts."""

from django.urls import path

from babashi.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("sign-in/demo/", views.demo_sign_in, name="demo_sign_in"),
    path("register/", views.register, name="register"),
    path("account/", views.account, name="account"),
]
