"""Django application: files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "babashi.files"
    label = "files"
    verbose_name = "文件"
