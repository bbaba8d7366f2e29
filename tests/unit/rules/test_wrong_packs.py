"""Packs written with mistakes, or to do harm: each is told by file, line and column, with what to write instead.

The command ends with 2 (errors) or 1 (somebody should look), never with a traceback, and soon.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.working import at_most

import babashi
from babashi.cli import main
from babashi.rules.figures import figures_in

SOURCE = str(Path(babashi.__file__).parents[1])
TEST = "test: employees_2021 >= 300人"
PACK = """\
format: 1
id: test-2024-1
version: "1.0.0"
document: {number: 测试〔2024〕1号, title: 关于支持企业发展的通知}
readings:
  - {id: applicant, text: 申报主体是行政区划代码为 500113 的企业。, confirm_by: 区发展改革委}
parameters:
  base: {label: 基数, value: 360天, cite: 按360天计息}
  rate: {label: 利率, file: rate.csv, cite: 按利率}
terms:
  big_loan: {label: 大额贷款, table: loans, test: principal >= 50万元, cite: 单笔贷款不低于50万元}
processes:
  money:
    - {id: first, label: 初审, role: first_reviewer, returns_to: [applicant]}
    - {id: approval, label: 审定, role: approver, returns_to: [first]}
items:
  - id: big
    article: 一
    title: 奖励大企业
    kind: reward
    until: {day: 2024-12-31, cite: 执行至2024年12月31日}
    lead: 区经济信息委
    eligible:
      all:
        - {id: district, test: 'district == "500113"', reading: applicant}
        - {id: people, test: employees_2021 >= 300人, cite: 从业人员300人以上}
        - {id: loan, test: 'any(loans, big_loan)', cite: 单笔贷款不低于50万元}
    benefit:
      amount: 20万元
      cite: 奖励20万元
    process: money
"""
RATES = "effective_from,value,source,status\n2020-01-01,3.7%,公告,\n"
PLACE = re.compile(r"^[^:]*?([^/:]+):(\d+):(\d+): (错误|提醒)：(.+)$")

EXPRESSIONS = [
    ("employees_2021 >= 300元", 0, "人 与 元", "单位要是人"),
    ("operating_revenue_2021 >= 300", 0, "不能比较", "给 300 写上单位"),
    ("operating_revenue_2021 >= 10%", 0, "不能比较", "是比例"),
    ("established_on >= 2021", 0, "日期 与 数", "写成 2022-01-01"),
    ("employee_count >= 300人", 0, "没有叫 employee_count 的指标", "是不是 employees_2021"),
    ("从业人员 >= 300人", 0, "不认识的文字“从业人员”", "是不是指标 employees_2021"),
    ("green_industry 并且 green_industry", 15, "“并且”", "写成 and"),
    ("employees_2021 不低于 300人", 15, "“不低于”", "写成 >="),
    ("employees_2021 >= 三百人", 18, "阿拉伯数字", "如 20万元、300人"),
    ('kind == "公司"', 8, "没有代码“公司”", "可用：企业"),
    ("employees_2021 = 300人", 15, "一个等号", "写 =="),
    ("employees_2021 === 300人", 15, "等号写多了", "写 =="),
    ("employees_2021 => 300人", 15, "没有 =>", "写 >="),
    ("employees_2021 =< 300人", 15, "没有 =<", "写 <="),
    ("green_industry && green_industry", 15, "“&”", "写 and"),
    ("green_industry AND green_industry", 15, "要小写", "改成小写"),
    ("green_industry == true", 18, "不能写 true", "直接当条件"),
    ("True", 0, "不能写 True", "直接当条件"),
    ("employees_2021 == None", 18, "不能写 True、False、None", "缺资料不用写"),
    ("employees_2021 is None", 0, "不能用 is", "写 =="),
    ("employees_2021 < 0人", -1, "永远不成立", "检查比较的方向"),
    ("employees_2021 >= 0人", -1, "永远成立", "删去"),
    ("green_industry or not green_industry", -1, "永远成立", "删去"),
    ("employees_2021 >= 300人 and employees_2021 < 300人", -1, "永远不成立", "检查比较的方向"),
    ('__import__("os")', 0, "下划线", "指标见"),
    ("employees_2021.__class__ >= 300人", 14, "取属性", "直接写字段名"),
    ("employees_2021() >= 300人", 0, "没有叫 employees_2021 的函数", "可用："),
    ("(lambda: 300人)() <= employees_2021", 7, "“:”", "不能定义函数"),
    ("(x := 300人) <= employees_2021", 3, "“:”", "不能赋值"),
    ("[x for x in loans]", 0, "推导式", "any、all、count、sum"),
    ("any(x for x in loans)", 0, "推导式", "any(表, 条件)"),
    ('f"{employees_2021}" == "300"', 0, "引号前面不能有字母", "格式化"),
    ("loans[0] == 300", 0, "不能用下标", "可用的函数"),
    ("any(*loans)", 4, "星号展开", "any(表, 条件)"),
    ("import os", 0, "不能写程序", "子表"),
    ("9**9**9**9 >= employees_2021", 1, "乘方", "连乘"),
    ("employees_2021 // 2 == 0人", 15, "整除", "写 /"),
    ("1 << 1000000000 > employees_2021", 2, "移位", "比较写"),
    ("employees_2021 % 2 == 0", 15, "“%”要写在数的后面", "10%"),
    ("employees_2021 >= 1e999999999", 18, "普通的样子", "如 300"),
    ("employees_2021 >= 0x12C", 18, "普通的样子", "如 300"),
    ("employees_2021 >= 1_000人", 19, "下划线", "不写下划线"),
    ("operating_revenue_2021 >= 1,000万元", 0, "列表", "千位逗号"),
    ("employees_2021 >= " + "9" * 1900 + "人", 18, "数字太长", ""),
    ("employees_2021 >= 300人 or " * 80 + "green_industry", 0, "太长", "拆成几个条件"),
    ("(" * 60 + "green_industry" + ")" * 60, 40, "嵌套太深", "拆成几个条件"),
    ("not " * 200 + "green_industry", 240, "嵌套太深", "拆成几个条件"),
    ("еmployees_2021 >= 300人", 0, "不是英文字母，只是形似", "重新写一遍"),
    ("ｅmployees_2021 >= 300人", 0, "全角字母", "半角"),
    ("employees_2021\u200b >= 300人", 14, "U+200B", "删去"),
    ("\u202eemployees_2021 >= 300人", 0, "U+202E", "删去"),
    ("(employees_2021 >= 300人", 0, "“(”没有配对", "补上右括号"),
    ("employees_2021 >= 300人)", 22, "多了一个“)”", "删去"),
    ('kind == "企业', 8, "引号没有配对", "一对引号"),
    ("", None, "表达式是空的", "如 employees_2021"),
    ("employees_2021", 0, "要一个条件", "写成比较"),
    ("established_on >= 2021-02-30", 18, "没有这一天", "日期写成"),
    ("loans >= 1个", 0, "子表", "any(loans, 条件)"),
    ("principal >= 50万元", 0, "loans 的字段", "any(loans"),
    ("big_loan", 0, "只能用在 loans 的行里", "any(loans, big_loan)"),
    ("any(loan, principal >= 50万元)", 4, "子表的名字", "是不是 loans"),
    ("any(loans, amount >= 50万元)", 11, "没有字段 amount", "principal"),
    ("any(loans, any(projects, green_industry))", 11, "不能再数一张表", "拆成两个条件"),
    ("employees_2021 / 0 >= 300人", 17, "除数是 0", ""),
    ("kind in []", 8, "列表是空的", "至少写一个值"),
    ("employees_2021 >= 301人", 18, "301人 没有出处", "原文"),
    ('{"a": 1}', 0, "“{”", "方括号"),
    ("green_industry; green_industry", 14, "“;”", "只写一个条件"),
    ("`ls`", 0, "“`”", "只用指标"),
]  # fmt: skip

CHANGES = [
    ("      cite: 奖励20万元", "\t  cite: 奖励20万元", "pack.yaml:30:1", "制表符", "空格"),
    ("title: 奖励大企业", "title:奖励大企业", "pack.yaml:19:5", "缺少冒号", "半角"),
    ("title: 奖励大企业", "title：奖励大企业", "pack.yaml:19:5", "缺少冒号", "半角"),
    ("    title: 奖励大企业", "   title: 奖励大企业", "pack.yaml:19:4", "缩进", "左边对齐"),
    ("title: 奖励大企业", "title: &a 奖励大企业", "pack.yaml:19:12", "锚点", "引号"),
    ("title: 奖励大企业", "title: *a", "pack.yaml:19:12", "别名", "引号"),
    ("title: 奖励大企业", 'title: !!python/object/apply:os.system ["id"]', "pack.yaml:19:12", "标签", "删去 !"),
    ("title: 奖励大企业", "title: !!binary aGVsbG8=", "pack.yaml:19:12", "标签", "删去 !"),
    ("title: 奖励大企业", "title: 奖励\x07大企业", "pack.yaml:19:14", "U+0007", "删去"),
    ("title: 奖励大企业", "title: 奖励大企业\n    title: 又", "pack.yaml:20:5", "键 title 重复（第 19 行", "删去一个"),
    ("format: 1", "format: 9", "pack.yaml:1:9", "第 1 版", "format: 1"),
    ("format: 1", "---\nformat: 1\n---\na: 1\n---", "pack.yaml:3:1", "两份内容", "---"),
    ("id: people", "id: district", "pack.yaml:26:16", "id district 重复（第 25 行", "换一个"),
    ("- id: big", "- id: 大企业", "pack.yaml:17:9", "id 写法不对", "小写字母"),
    ("reading: applicant", "reading: applicants", "pack.yaml:25:65", "没有口径 applicants", "是不是 applicant"),
    (", cite: 从业人员300人以上", "", "pack.yaml:26:11", "没有出处", "cite"),
    ("day: 2024-12-31", "day: 2024-02-31", "pack.yaml:21:18", "不是日期", "2022-12-31"),
    ("kind: reward", "kind: 奖励", "pack.yaml:20:11", "不认识“奖励”", "是不是 reward"),
    ("    lead:", "    leed:", "pack.yaml:22:5", "没有“leed”", "是不是 lead"),
    ("amount: 20万元", "amount: 20", "pack.yaml:29:15", "金额要写单位", "20万元"),
    ("amount: 20万元", "amount: 二十万元", "pack.yaml:29:15", "阿拉伯数字", "20万元"),
    ("amount: 20万元", "amount: null", "pack.yaml:29:15", "一行表达式", "删去这一行"),
    ("amount: 20万元", "amount: 0元 - 20万元", "pack.yaml:29:15", "永远不大于零", "检查算式"),
    ("amount: 20万元", "amount: 20万元 * 1000000000000", "pack.yaml:29:15", "大得不像一笔钱", "单位"),
    (TEST, "test: [a, b]", "pack.yaml:26:30", "一行表达式", "employees_2021"),
    ("process: money", "process: mony", "pack.yaml:31:14", "没有流程 mony", "money"),
    ("    process: money\n", "", "pack.yaml:17:5", "没有审定", "role: approver"),
    ("- {id: first, label", "- {label", "pack.yaml:14:7", "环节缺少 id", "补上 id"),
    ("id: approval, label", "id: first, label", "pack.yaml:15:12", "环节 first 重复", "换一个"),
    ("role: first_reviewer", "role: 审核员", "pack.yaml:14:36", "不认识“审核员”", "first_reviewer（初审）"),
    ("[applicant]", "[approval]", "pack.yaml:14:65", "前面的环节", "可用：applicant"),
    ("[applicant]", "[[applicant]]", "pack.yaml:14:65", "前面的环节", "可用：applicant"),
    ("terms:\n  big_loan: {", "terms:\n  - {", "pack.yaml:11:3", "terms 应当", "名字: 内容"),
    ("table: loans", "table: loan", "pack.yaml:11:34", "没有子表 loan", "是不是 loans"),
    ("value: 360天", "value: 360天 + 1天", "pack.yaml:8:28", "一个常量", "360天"),
    ("file: rate.csv", "file: ../../../../etc/passwd", "pack.yaml:9:27", "没有文件", "可用：rate.csv"),
    ("file: rate.csv", "file: /etc/passwd", "pack.yaml:9:27", "没有文件", "可用：rate.csv"),
    ("file: rate.csv", "file: pack.yaml", "pack.yaml:9:27", "没有文件", "可用：rate.csv"),
    ("process: money", "process: money\n    materials: {list: [{id: a, label: 甲}, {id: a, label: 乙}]}",
     "pack.yaml:32:48", "材料 a 重复", "换一个"),
    ("version:", "enabled: 是\nversion:", "pack.yaml:3:10", "true（是）", "true 或 false"),
]  # fmt: skip

TABLES = [
    ("", "rate.csv:1:1", "表头不对"),
    ("effective_from,value,source\n", "rate.csv:1:1", "没有一行数据"),
    ("effective_from,value,source\n2020-13-01,3%,公告\n", "rate.csv:2:1", "读不懂"),
    ("effective_from,value,source\n2020-01-01,1e99999999,公告\n", "rate.csv:2:1", "读不懂"),
    ("effective_from,value,source\n2020-01-01,NaN,公告\n", "rate.csv:2:1", "读不懂"),
    ("effective_from,value,source\n2020-01-01,3.7,公告\n", "rate.csv:2:1", "3.7 大于 1"),
    ("effective_from,value,source\n2020-01-01,3.7%,\n", "rate.csv:2:1", "没有来源"),
    ("effective_from,value,source\n2020-01-01,3.7%,公,告,一\n", "rate.csv:2:1", "比表头多"),
    ("effective_from,value,source\n2020-01-01,3.7%," + "x" * 200_000 + "\n", "rate.csv:2:1", "不是正确的 CSV"),
    ("effective_from,value,source\n2020-01-01,3.7%,\0\n", "rate.csv:2:1", "U+0000"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "p"
    path.mkdir()
    (path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (path / "rate.csv").write_text(RATES, encoding="utf-8")
    return path


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Exit status and the problems, each with place, message and advice; the command must end soon."""
    with at_most(15):
        status = main(["packs", "check", "--packs", str(folder.parent), str(folder)])
    lines = [line.replace(f"{folder}/", "") for line in capsys.readouterr().out.splitlines()]
    assert all(PLACE.match(line) for line in lines), lines
    assert lines == sorted(set(lines), key=lines.index)
    return status, lines


def written(folder: Path, before: str, after: str) -> None:
    assert PACK.count(before) >= 1
    (folder / "pack.yaml").write_text(PACK.replace(before, after, 1), encoding="utf-8", newline="")


def test_the_pack_itself_is_right(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder, capsys) == (0, [])


@pytest.mark.parametrize(
    ("expression", "at", "message", "advice"), EXPRESSIONS, ids=lambda value: str(value)[:30]
)
def test_mistakes_in_an_expression(
    expression: str,
    at: int | None,
    message: str,
    advice: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(folder, TEST, "test: '" + expression + "'")
    status, lines = check(folder, capsys)
    hits = [line for line in lines if message in line and advice in line]
    assert hits, lines
    if at is not None:
        column = 31 + at
        assert any(line.startswith(f"pack.yaml:26:{column}: ") for line in hits), (column, lines)
    assert status == (2 if any("错误" in line for line in lines) else 1)


@pytest.mark.parametrize(("before", "after", "place", "message", "advice"), CHANGES)
def test_mistakes_in_a_pack(
    before: str,
    after: str,
    place: str,
    message: str,
    advice: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(folder, before, after)
    status, lines = check(folder, capsys)
    assert status == 2
    assert any(line.startswith(f"{place}: ") and message in line and advice in line for line in lines), lines


@pytest.mark.parametrize(("text", "place", "message"), TABLES)
def test_mistakes_in_a_dated_table(
    text: str, place: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rate.csv").write_text(text, encoding="utf-8")
    status, lines = check(folder, capsys)
    assert status in (1, 2)
    assert any(line.startswith(f"{place}: ") and message in line for line in lines), lines


def test_all_mistakes_at_once_and_none_twice(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PACK
    for before, after in (
        ("kind: reward", "kind: 奖励"), (TEST, "test: employee_2021 >= 300人"), ("amount: 20万元", "amount: 30"),
        ("day: 2024-12-31", "day: 2024-13-31"), ("role: first_reviewer", "role: 审核员"), ("    title: 奖励大企业\n", ""),
    ):  # fmt: skip
        text = text.replace(before, after, 1)
    second = text[text.index("  - id: big") :].replace("id: big", "id: second")
    (folder / "pack.yaml").write_text(text + second, encoding="utf-8")
    status, lines = check(folder, capsys)
    assert status == 2
    for message in ("不认识“奖励”", "是不是 employees_2021", "金额要写单位", "不是日期", "缺少 title"):
        assert len([line for line in lines if message in line]) == 2, (message, lines)
    assert len([line for line in lines if "审核员" in line]) == 1
    assert not any("没有出处" in line for line in lines), lines


def test_a_mistake_has_no_echo(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only follows from another mistake is not told."""
    for before, after in (
        ("reading: applicant", "reading: applicants"), ("process: money", "process: mony"), ("table: loans", "table: loan"),
        ("test: principal >= 50万元", "test: princpal >= 50万元"),
    ):  # fmt: skip
        written(folder, before, after)
        _, lines = check(folder, capsys)
        assert len(lines) == 1, lines


TRAPS = {
    "bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)),
    "brackets": "[" * 20_000,
    "closed brackets": "a: " + "[" * 5_000 + "]" * 5_000,
    "deep mapping": "".join(" " * n + "a:\n" for n in range(900)),
    "a megabyte": PACK.replace(TEST, f"test: '{'green_industry or ' * 60_000}green_industry'"),
    "digits": PACK.replace("500113 的企业。", "500113" + "1" * 200_000 + "。x"),
    "ranges": PACK.replace("500113 的企业。", "500113 " + "1-" * 100_000 + "。x"),
    "long key": PACK + '\n? "' + "id" * 100_000 + '"\n: 1\n',
    "binary": "\udcff\udcfe\x00",
    "empty": "",
    "a list": "- 1\n",
    "a word": "你好",
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_traps_end_soon(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pack.yaml").write_bytes(TRAPS[name].encode("utf-8", "surrogateescape"))
    status, lines = check(folder, capsys)
    assert (status, bool(lines)) == ((0, False) if name in ("digits", "ranges") else (2, True)), lines
    assert all(len(line) < 900 for line in lines)


def test_a_long_line_of_digits_states_no_figure() -> None:
    assert figures_in("1" * 200_000) == set()
    assert figures_in("第1，2,000万元，10—20%，3.75‰") >= {1, 20_000_000}


@pytest.mark.parametrize("trap", ["link", "device", "pipe", "folder", "pack link", "pack folder", "platform"])
def test_only_plain_files_are_read(trap: str, folder: Path) -> None:
    """A link may lead to any file of the machine; a pipe never ends. Bounded memory, in a process of its own."""
    secret = folder.parent / "secret"
    secret.write_text("effective_from,value,source\ntop-secret,1,1\n", encoding="utf-8")
    target = folder / ("pack.yaml" if trap.startswith("pack") else "rate.csv")
    if trap == "platform":
        target = folder.parent / "platform.yaml"
    target.unlink(missing_ok=True)
    if trap == "pipe":
        os.mkfifo(target)
    elif trap.endswith("folder"):
        target.mkdir()
    else:
        target.symlink_to("/dev/zero" if trap == "device" else secret)
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); "
    command = f"{limited}from babashi.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", command, "packs", "check", "--packs", str(folder.parent)],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": SOURCE},
    )  # fmt: skip
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert "top-secret" not in done.stdout + done.stderr
    assert f"{target.name}:1:1: 错误：不是普通文件" in done.stdout, done
