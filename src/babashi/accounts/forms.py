"""Forms of the account pages."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from babashi.accounts import recovery
from babashi.accounts.models import Department, Role, User


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = {
        "invalid_login": "用户名或密码不对，请重新输入。忘记密码请点“忘记密码”。",
        "inactive": "这个账号已停用，请联系系统管理员。",
    }


class RegisterForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        help_text="登录时用。3至40个汉字、字母、数字或 _ . @ -",
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label="姓名", max_length=40, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label="电话",
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="至少10位，不要用常见密码",
    )


class PasswordForm(forms.Form):
    """Change of one's own password."""

    password_old = forms.CharField(
        label="原密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    password_new = forms.CharField(
        label="新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="至少10位，不要用常见密码",
    )


class ForgottenForm(forms.Form):
    """Where the link for a new password goes."""

    address = forms.EmailField(
        label="邮箱",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="在“我的账号”里确认过的邮箱",
    )


class AddressForm(forms.Form):
    """The address to which a link for a new password may go; empty: none."""

    address = forms.EmailField(
        label="邮箱", max_length=254, required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )
    password = forms.CharField(
        label="现在的密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class NewPasswordForm(SetPasswordForm):
    """A new password by way of a link."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].help_text = "至少10位，不要用常见密码"
        self.fields["new_password2"].label = "再输入一次"
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True) -> User:
        """By the service: audited, and wrong guesses forgotten."""
        recovery.reset_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class AppointForm(forms.Form):
    """A new post for a person."""

    department = forms.ModelChoiceField(
        Department.objects.all(),
        label="单位",
        empty_label="请选择",
        required=False,
        error_messages={"invalid_choice": "没有这个单位，请重新选择。"},
    )
    new_department = forms.CharField(
        label="列表里没有的单位",
        max_length=60,
        required=False,
        help_text="政策包写到的单位都在列表里；别的单位（如只负责拨付的区财政局）在这里写名称。",
    )
    role = forms.ChoiceField(
        label="岗位",
        choices=[("", "请选择"), *Role.choices],
        error_messages={"required": "请选择岗位。", "invalid_choice": "没有这个岗位，请重新选择。"},
    )

    def clean(self) -> dict[str, Any]:
        """One of the two says where."""
        data = dict(super().clean() or self.cleaned_data)
        if "department" in data and not data["department"] and not data.get("new_department", "").strip():
            self.add_error("department", "请选择单位，或在下面写单位的名称。")
        if data.get("department") and data.get("new_department", "").strip():
            self.add_error("new_department", "已经选了单位，这里不用写。")
        return data
