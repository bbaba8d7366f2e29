"""The form of an objection."""

from django import forms

from babashi.publicity.services import CONTENT_LIMIT


class ObjectionForm(forms.Form):
    """Who objects, how to answer, and to what."""

    name = forms.CharField(
        label="姓名或单位", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact = forms.CharField(
        label="联系方式", max_length=120, help_text="电话或邮箱，只用于核实和答复，不公开。"
    )
    content = forms.CharField(
        label="异议内容和理由",
        max_length=CONTENT_LIMIT,
        min_length=5,
        error_messages={"min_length": "请写得具体一些，至少 5 个字。"},
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="请写明哪里不符合条件、依据是什么。",
    )
