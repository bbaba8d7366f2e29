"""Plain forms of the application pages (the application form itself is generated, see ``form.py``)."""

from typing import Any

from django import forms

from babashi.applications.models import InterestState
from babashi.applications.phones import phone_problem
from babashi.enterprises.models import Enterprise


class InterestForm(forms.Form):
    """Who wants to take part, and whom to call."""

    uscc = forms.ChoiceField(label="企业")
    contact_name = forms.CharField(label="联系人", max_length=60)
    contact_phone = forms.CharField(
        label="联系电话", max_length=30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    note = forms.CharField(
        label="说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如参加人数、方便联系的时间。",
    )

    def __init__(self, *args: Any, enterprises: list[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["uscc"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(enterprise.uscc, enterprise.name) for enterprise in enterprises]
        self.registered = {enterprise.uscc: enterprise.contact_phone.strip() for enterprise in enterprises}

    def clean(self) -> dict[str, Any]:
        """A phone that only comes from the register is taken as it is."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        phone = data.get("contact_phone")
        if phone and phone != self.registered.get(data.get("uscc", "")) and (problem := phone_problem(phone)):
            self.add_error("contact_phone", f"{problem}。")
        return data


class AnswerForm(forms.Form):
    """The department's answer to an expression of interest."""

    state = forms.ChoiceField(
        label="办理结果",
        choices=[(InterestState.CONTACTED.value, "已联系"), (InterestState.CLOSED.value, "已办结")],
    )
    answer = forms.CharField(label="给企业的答复", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
