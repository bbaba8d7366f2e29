"""``babashi packs explain``: an item in plain words, or the result of one enterprise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Any

from babashi.rules.commands.common import (
    CommandFailed,
    day_of,
    dictionary_of,
    fail,
    open_register,
    root_of,
)
from babashi.rules.commands.packs import pack_and_items
from babashi.rules.evaluate import evaluate
from babashi.rules.pack import Item, Pack
from babashi.rules.results import UsedValue
from babashi.rules.values import Parameters, Subject
from babashi.rules.words import explain_item, explain_result


def run(args: argparse.Namespace) -> int:
    """The command; its exit status."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    try:
        as_of = day_of(args.as_of)
        root = root_of(args.packs)
        dictionary = dictionary_of(root)
        found = [pack_and_items(name, root, dictionary) for name in args.names]
        enterprise = None
        if args.register is not None or args.uscc is not None:
            enterprise = _enterprise(args, dictionary)
        for pack, items in found:
            for item in items:
                if enterprise is None:
                    _print_item(console, item, pack)
                elif item.applicant == "enterprise":
                    _print_result(console, item, pack, *enterprise, as_of)
    except CommandFailed as error:
        return fail(str(error))
    return 0


def _enterprise(args: argparse.Namespace, dictionary: Any) -> tuple[Subject, Parameters]:
    if args.register is None or args.uscc is None:
        raise CommandFailed("解释结果要同时写 --register 和 --uscc")
    register = open_register(args.register, dictionary, accept_valid=False)
    for uscc, subject in register.subjects():
        if uscc == args.uscc:
            return subject, register.rule_parameters()
    raise CommandFailed(f"登记表里没有 {args.uscc}")


def _print_item(console: Any, item: Item, pack: Pack) -> None:
    from rich.markup import escape

    words = explain_item(item, pack)
    console.print(f"[bold]{escape(item.short_title)}[/bold]　{escape(item.full_id)}")
    for heading, lines in words.sections():
        console.print(f"  [bold]{heading}[/bold]")
        for line in lines:
            console.print(f"    {escape(line)}", soft_wrap=False)
    console.print("  [bold]口径[/bold]")
    for reading in words.readings:
        console.print(f"    {escape(reading.text)}（{escape(reading.status)}，{escape(reading.confirm_by)}）")
    console.print()


def _print_result(
    console: Any, item: Item, pack: Pack, subject: Subject, parameters: Parameters, as_of: Any
) -> None:
    from rich.markup import escape

    words = explain_result(evaluate(item, subject, parameters, as_of), pack)
    console.print(f"[bold]{escape(item.short_title)}[/bold]：{escape(words.headline)}")
    for line in words.lines:
        name = f"{line.name}：" if line.name else ""
        console.print(f"  {'  ' * line.depth}{line.mark} {escape(name + line.text)}")
        for text in _values(line.values):
            console.print(f"    {'  ' * line.depth}[dim]{escape(text)}[/dim]")
        if line.hint and line.truth is False:
            console.print(f"    {escape(line.hint)}")
    for amount in words.amounts:
        console.print(f"  {escape(amount)}")
    for fact in words.missing:
        holder = f"（{fact.holder}）" if fact.holder else ""
        console.print(f"  缺：{escape(fact.label + holder)}")
    console.print()


def _values(values: Iterable[UsedValue]) -> Iterable[str]:
    for value in values:
        source = f"（{value.source.label}）" if value.source is not None and value.source.label else ""
        yield f"{value.label}：{value.text}{source}"
