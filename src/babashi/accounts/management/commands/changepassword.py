"""A password that somebody else sets is recorded, which Django's own command doesn't do."""

from typing import NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Says how a forgotten password is replaced."""

    help = "改用 babashi accounts password：重设密码要记入审计日志"

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's own."""
        parser.add_argument("username", nargs="?")
        parser.add_argument("--database")

    def handle(self, *arguments: object, **options: object) -> NoReturn:
        """Refuse with the way to go."""
        raise CommandError("重设密码要记入审计日志，请改用：babashi accounts password 用户名")
