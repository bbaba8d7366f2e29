"""``babashi packs list | check | test | show``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from babashi.rules.cases import read_cases
from babashi.rules.chinese import date_text, typed_text
from babashi.rules.commands.common import (
    CommandFailed,
    dictionary_of,
    fail,
    folder_of,
    id_of,
    load,
    pack_folders,
    root_of,
)
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import PACK_FILE, find_packs, load_pack
from babashi.rules.pack import All, Cite, Clause, Item, Node, Not, Pack
from babashi.rules.places import article_words
from babashi.rules.problems import PackErrors, Problem
from babashi.rules.quotations import check_quotations
from babashi.rules.trace import node_words
from babashi.rules.words import explain_item, without_echo

_WHOLE_LINES: Final = 10_000


def run_list(args: argparse.Namespace) -> int:
    """All packs with what they are."""
    try:
        root = root_of(args.packs)
        dictionary = dictionary_of(root)
    except CommandFailed as error:
        return fail(str(error))
    status = 0
    for pack_id, folder in pack_folders(root).items():
        try:
            pack = load_pack(folder, dictionary)
        except PackErrors as error:
            print(f"{pack_id}\t有 {len(error.problems)} 个错误，运行 babashi packs check {pack_id}")
            status = 2
            continue
        state = "启用" if pack.enabled else "未启用"
        print(
            f"{pack_id}\t{pack.version}\t{state}\t{len(pack.items)} 个事项\t{pack.document.number}　{pack.status}"
        )
    return status


def run_check(args: argparse.Namespace) -> int:
    """Every problem of the packs; 2 when there is an error, 1 when somebody should look."""
    try:
        root, folders = _folders(args)
        dictionary = dictionary_of(root)
    except CommandFailed as error:
        return fail(str(error))
    problems: list[Problem] = []
    problems += _duplicates(root)
    for folder in folders:
        found = _problems(folder, dictionary)
        problems += found
        if not any(problem.severity == "error" for problem in found):
            print(f"{folder}：没有错误" + (f"，{len(found)} 个提醒" if found else ""), file=sys.stderr)
    for problem in problems:
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    if problems:
        print(f"共 {errors} 个错误、{len(problems) - errors} 个提醒", file=sys.stderr)
    return 2 if errors else 1 if problems else 0


def _duplicates(root: Path) -> list[Problem]:
    """Two folders with one pack id: results of one would pass for those of the other."""
    seen: dict[str, Path] = {}
    found = []
    for folder in find_packs(root):
        pack_id = id_of(folder)
        if pack_id in seen:
            message = f"政策包 id {pack_id} 重复（{seen[pack_id]} 已有）"
            found.append(Problem(str(folder / PACK_FILE), 1, 1, message, "换一个 id"))
        seen.setdefault(pack_id, folder)
    return found


def _problems(folder: Path, dictionary: FactDictionary) -> list[Problem]:
    try:
        pack = load_pack(folder, dictionary)
        cases = read_cases(pack, f"{folder}/")
    except PackErrors as error:
        return list(error.problems)
    from babashi.rules.columnar.agreement import check_columns  # NumPy: only here

    file = str(folder / PACK_FILE)
    return [*pack.warnings, *check_quotations(pack, folder), *check_columns(pack, cases, file)]


def run_test(args: argparse.Namespace) -> int:
    """Run the cases; 1 when one doesn't hold, 2 when a pack can't be read."""
    passed = failed = 0
    try:
        root, folders = _folders(args)
        dictionary = dictionary_of(root)
        for folder in folders:
            pack = load(folder, dictionary)
            try:
                cases = read_cases(pack, f"{folder}/")
            except PackErrors as error:
                raise CommandFailed(f"用例读不懂：\n{error}") from error
            if not cases:
                print(f"{folder}：没有用例", file=sys.stderr)
            for case in cases:
                differences = case.run()
                passed, failed = passed + (not differences), failed + bool(differences)
                for difference in differences:
                    print(f"{folder}/cases.yaml:{case.line}: {case.item.id}：{case.name}：{difference}")
    except CommandFailed as error:
        return fail(str(error))
    print(f"{passed} 个用例通过" + (f"，{failed} 个不通过" if failed else ""), file=sys.stderr)
    return 1 if failed else 0


def run_show(args: argparse.Namespace) -> int:
    """What stands in the packs, with citations and readings."""
    from rich.console import Console

    # In a file or a pipe every line stays whole: whoever searches it finds what stands there.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WHOLE_LINES)
    try:
        root = root_of(args.packs)
        dictionary = dictionary_of(root)
        names = args.names or list(pack_folders(root))
        for name in names:
            pack, items = pack_and_items(name, root, dictionary)
            console.print(_pack_tree(pack, items))
    except CommandFailed as error:
        return fail(str(error))
    return 0


def pack_and_items(name: str, root: Path, dictionary: FactDictionary) -> tuple[Pack, Sequence[Item]]:
    """A pack with all its items, or with the one of ``pack/item``."""
    if name not in pack_folders(root) and "/" in name and not Path(name).is_dir():
        pack_name, _, item_id = name.rpartition("/")
        pack = load(folder_of(pack_name, root), dictionary)
        try:
            return pack, (pack.item(item_id),)
        except KeyError:
            known = "、".join(item.id for item in pack.items)
            raise CommandFailed(f"政策包 {pack_name} 没有事项 {item_id}，可用：{known}") from None
    pack = load(folder_of(name, root), dictionary)
    return pack, pack.items


def _folders(args: argparse.Namespace) -> tuple[Path, list[Path]]:
    root = root_of(args.packs)
    if args.names:
        return root, [folder_of(name, root) for name in dict.fromkeys(args.names)]
    folders = list(pack_folders(root).values())
    if not folders:
        raise CommandFailed(f"{root} 里没有政策包")
    return root, folders


def _pack_tree(pack: Pack, items: Sequence[Item]) -> Any:
    from rich.markup import escape
    from rich.tree import Tree

    document = pack.document
    tree = Tree(f"[bold]{escape(document.number)}[/bold]　{escape(document.title)}")
    tree.add(
        escape(
            f"{pack.id} {pack.version}，{pack.status}，{'启用' if pack.enabled else '未启用'}，摘要 {pack.digest[:12]}"
        )
    )
    for item in items:
        branch = tree.add(f"[bold]{escape(item.short_title)}[/bold]　{escape(item.full_id)}")
        branch.add(
            escape(
                f"{article_words(item.article)}，{_closing(item)}，牵头 {item.lead}，配合 {'、'.join(item.support) or '无'}"
            )
        )
        if item.applicant == "enterprise":
            _add_node(branch.add("谁能享"), item.eligible, pack)
        else:
            branch.add(escape(f"谁能享：{item.recipient}"))
        quotes = "".join(_quote(cite) for cite in item.benefit.cites)
        branch.add(escape(f"享多少：{'；'.join(explain_item(item, pack).how_much)}{quotes}"))
        readings = branch.add("口径")
        for reading_id in item.readings:
            reading = pack.readings[reading_id]
            text = f"{reading.text}（{reading.status}，{reading.confirm_by}）　[{reading_id}]"
            readings.add(escape(text))
        for warning in item.benefit.warnings:
            branch.add(escape(f"审核提示：{warning}"))
    _add_parameters(tree, pack)
    return tree


def _add_parameters(tree: Any, pack: Pack) -> None:
    """Figures that a department may change, each with where it comes from."""
    from rich.markup import escape

    branch = tree.add("[bold]参数[/bold]") if pack.parameters else tree
    for name, parameter in pack.parameters.items():
        rests_on = f"口径 {'、'.join(parameter.readings)}" if parameter.readings else "通知原文"
        value = "" if parameter.lines else f"：{typed_text(parameter.spec.value, parameter.spec.type)}"
        child = branch.add(
            escape(f"{parameter.label}{value}（{rests_on}）{_quote(parameter.cite)}　[{name}]")
        )
        for line in parameter.lines:
            status = f"（{line.status}）" if line.status else ""
            child.add(escape(f"{date_text(line.effective_from)}起 {line.value:.2%}　{line.source}{status}"))


def _closing(item: Item) -> str:
    of = f"{item.round.name}，{item.round.key or '各批合计一次'}，" if item.round is not None else ""
    return f"{of}执行至{date_text(item.until)}"


def _quote(cite: Cite | None) -> str:
    return f"　“{cite.quote}”" if cite is not None else ""


def _add_node(branch: Any, node: Node, pack: Pack) -> None:
    from rich.markup import escape

    if isinstance(node, All) and not node.id:
        for part in node.parts:
            _add_node(branch, part, pack)
        return
    title, words = without_echo(node.name, node_words(pack.dictionary, node))
    name = f"[bold]{escape(title)}[/bold]：" if title else ""
    text = escape(f"{words}{_quote(node.cite)}　[{node.id}]")
    child = branch.add(f"{name}{text}")
    if not isinstance(node, (Clause, Not)):
        for part in node.parts:
            _add_node(child, part, pack)
