"""There are no superusers here: what somebody may do follows from posts, which are recorded."""

from typing import NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Says how the first administrator is made; Django's own would make an account that may do nothing."""

    help = "本平台没有超级用户；用 babashi accounts add 建立第一个系统管理员"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whatever Django's own would take: the answer is the same."""
        parser.add_argument("--noinput", "--no-input", action="store_true")
        parser.add_argument("--username")
        parser.add_argument("--email")
        parser.add_argument("--database")

    def handle(self, *arguments: object, **options: object) -> NoReturn:
        """Refuse with the way to go."""
        raise CommandError(
            "本平台没有超级用户：能做什么由岗位决定，超级用户的账号进不了工作台。\n"
            "建立第一个系统管理员：babashi accounts add 用户名 --name 姓名 --post 单位/系统管理\n"
            "给已有的账号任命岗位：babashi accounts appoint 用户名 单位/岗位"
        )
