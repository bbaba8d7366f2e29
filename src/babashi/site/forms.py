"""How every form field looks: one template, so that labels, hints and errors are the same everywhere."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.field.as_field_group }}` in the site's own markup."""

    form_template_name = "site/forms/form.html"
    field_template_name = "site/forms/field.html"
