"""What can go wrong with packs."""

import datetime as dt
from collections.abc import Iterable

from babashi.audit.errors import Conflict, DomainError, Invalid
from babashi.rules.chinese import date_text
from babashi.rules.problems import Problem


class BrokenPack(Invalid):
    """The checker found mistakes; each line of ``field_errors`` says file, line, column and what to write."""

    code = "broken_pack"

    def __init__(self, problems: Iterable[Problem | str]) -> None:
        lines = [str(problem) for problem in problems]
        super().__init__(f"政策包有 {len(lines)} 处错误，改正后才能发布。", {"政策包": lines})
        self.problems = lines


class ForeignRegion(Invalid):
    """A pack of another district: nobody here could have what it gives, and everybody would read it."""

    code = "foreign_region"

    def __init__(self, pack_id: str, region: str, home: str) -> None:
        self.pack_id = pack_id
        super().__init__(
            f"政策包 {pack_id} 的行政区划 region 是 {region}，本平台是 {home}。"
            "请改 document.region；平台的区划由环境变量 BABASHI_DISTRICT、BABASHI_DISTRICT_NAME 设置。"
        )


class NotInForce(DomainError):
    """The pack of an item is switched off: links that were sent once say so instead of leading nowhere."""

    def __init__(self) -> None:
        super().__init__(
            "这项政策目前没有启用，不能查看和申报。已经提交的申报继续办理，进度在“我的申报”里。",
            "not_in_force",
            410,
        )


class VersionTaken(Conflict):
    """A version is immutable: the same number with other content is refused."""

    code = "version_taken"

    def __init__(self, pack_id: str, version: str) -> None:
        super().__init__(
            f"政策包 {pack_id} 的版本 {version} 已经发布过，内容不同。已发布的版本不能改动，"
            "请在 pack.yaml 里换一个新的版本号（version）后再发布。"
        )


class RoundStillOpen(Conflict):
    """The next round would end the present one before its last day."""

    code = "round_still_open"

    def __init__(self, item: str, until: dt.date) -> None:
        super().__init__(
            f"“{item}”到{date_text(until)}才截止，新的一批要在这以后发布，否则还没有申报的企业就报不了了。"
            "确实要提前截止的，先发布一个把 until 改早的版本。"
        )


class RoundsOutOfTurn(Conflict):
    """A round that does not come after the last one: who had that could apply for the same again."""

    code = "rounds_out_of_turn"

    def __init__(self, item: str, before: str, after: str) -> None:
        now = f"是 {after}" if after else "没有写各批都可以申报的 round"
        super().__init__(
            f"“{item}”上一版的申报批次是 {before}，这一版{now}。同一批不能改编号，新的一批要排在它后面"
            "（2023-1、2023-2、2024）；否则已经享受的企业可以就同一批再报一次。请改 pack.yaml 里的 round.id。"
        )


class SamePerson(Conflict):
    """Author and publisher are two people."""

    code = "same_person"

    def __init__(self) -> None:
        super().__init__("编制和发布必须是两个人：自己提交的政策包要由另一位发布人员发布。")
