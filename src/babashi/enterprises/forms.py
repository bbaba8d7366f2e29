"""Forms of the pages of enterprises."""

from __future__ import annotations

from typing import Any

from django import forms

from babashi.audit.errors import Invalid
from babashi.enterprises.account_numbers import require_twice
from babashi.enterprises.models import MemberRole


class ClaimForm(forms.Form):
    """Who I am for this enterprise."""

    role = forms.ChoiceField(
        label="您在企业的身份", choices=MemberRole.choices, widget=forms.RadioSelect, initial=MemberRole.CLERK,
        help_text="负责人可以管理本企业的人员；经办人可以填报和申报。",
        error_messages={"required": "请选择您的身份。", "invalid_choice": "请选择负责人或经办人。"},
    )  # fmt: skip
    note = forms.CharField(
        label="给工作人员的说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="收不到验证码时，由工作人员核实：请写明您的职务和联系电话。",
    )  # fmt: skip


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.CharField(
        label="验证码", max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input"}),
        error_messages={"required": "请填写 6 位验证码。"},
    )  # fmt: skip


class AccountForm(forms.Form):
    """Where the enterprise is paid. The number is typed twice: nobody sees it again in full."""

    account_name = forms.CharField(label="户名", max_length=200, help_text="与营业执照上的名称一致。")
    bank_name = forms.CharField(
        label="开户行", max_length=200, help_text="写全称到支行，例如：某某银行某某市某某区支行。"
    )
    number = forms.CharField(
        label="账号", max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-fours": ""}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输入一次账号", max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("number") and data.get("again"):
            try:
                require_twice(data["number"], data["again"])
            except Invalid as error:  # not hidden: beside the field
                self.add_error("again", error.message)
        return data


class InviteForm(forms.Form):
    """A colleague by the name he signs in with."""

    username = forms.CharField(
        label="同事的登录名", max_length=150,
        help_text="同事要先注册自己的账号。他登录后在“我的企业”里确认，才能办理本企业的事项。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
