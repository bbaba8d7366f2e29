"""Django application: site."""

from django.apps import AppConfig
from django.forms import BooleanField, ChoiceField, Field, FileField


class SiteConfig(AppConfig):
    name = "babashi.site"
    label = "site"
    verbose_name = "网站"

    def ready(self) -> None:
        from babashi.site import checks

        checks.register()
        Field.default_error_messages["required"] = "请填写这一项。"
        ChoiceField.default_error_messages["required"] = "请选择一项。"
        BooleanField.default_error_messages = {"required": "请勾选后继续。"}  # had none of its own
        FileField.default_error_messages["required"] = "请上传文件。"
