"""The form with which 区财政局 adds to or takes from an item's money."""

import re
import unicodedata
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms

CHANGES = [("add", "追加预算"), ("reduce", "调减预算")]
_IN_THOUSANDS = re.compile(r"\s*\d{1,3}(,\d{3})+([.]\d*)?\s*")


class _Yuan(forms.DecimalField):
    """Yuan as the pages show them, too: 1,793,900.00. A comma anywhere else is a mistake."""

    def to_python(self, value: Any) -> Decimal | None:
        plain = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        if isinstance(plain, str) and _IN_THOUSANDS.fullmatch(plain):
            plain = plain.replace(",", "")
        return super().to_python(plain)


class ChangeForm(forms.Form):
    """Add or reduce; the token makes sure that a double click counts once."""

    full_id = forms.ChoiceField(label="事项")
    change = forms.ChoiceField(label="调整方式", choices=CHANGES, widget=forms.RadioSelect, initial="add")
    amount = _Yuan(
        label="金额（元）",
        max_digits=15,
        decimal_places=2,
        min_value=0,
        help_text="精确到分。调减只能动用还没有占用的部分。",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "请填写数字，例如 200000.00。", "min_value": "金额必须大于零。"},
    )
    memo = forms.CharField(
        label="依据",
        min_length=4,
        max_length=300,
        help_text="预算文件的文号、会议纪要等，会记入台账。",
        error_messages={"min_length": "请写明依据（至少四个字）。"},
    )
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("token", uuid4().hex)
        super().__init__(*args, **kwargs)
        field = self.fields["full_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *items]
