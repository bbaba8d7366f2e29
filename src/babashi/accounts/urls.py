"""Addresses of accounts."""

from django.urls import path

from babashi.accounts import audit_desk, desk, recovering, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("sign-in/forgotten/", recovering.forgotten, name="forgotten"),
    path("sign-in/reset/done/", recovering.reset_done, name="reset_done"),
    path("sign-in/reset/<uidb64>/<token>/", recovering.Reset.as_view(), name="reset"),
    path("sign-in/demo/", views.demo_sign_in, name="demo_sign_in"),
    path("register/", views.register, name="register"),
    path("account/", views.account, name="account"),
    path("account/address/", recovering.ask_for_address, name="ask_for_address"),
    path("account/address/<str:token>/", recovering.confirm_address, name="confirm_address"),
    path("desk/accounts/", desk.people, name="people"),
    path("desk/accounts/<int:user_id>/", desk.person, name="person"),
    path("desk/accounts/<int:user_id>/appoint/", desk.appoint, name="appoint"),
    path("desk/accounts/posts/<int:post_id>/dismiss/", desk.dismiss, name="dismiss"),
    path("desk/audit/", audit_desk.log, name="audit"),
    path("desk/audit/verify/", audit_desk.verify, name="audit_verify"),
]
