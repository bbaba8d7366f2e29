"""Deeper checks of an item: conditions that never or always hold, impossible amounts, stages that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babashi.rules.intervals import bounds, truth
from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.money import MOST_YUAN
from babashi.rules.pack import All, Clause, Item, Node, nodes
from babashi.rules.rounds import ROUND_ID, Round
from babashi.rules.tree import And, Arith, Expr, walk


def check_item(item: Item, value: Value, fields: Fields) -> None:
    """Report what can't be meant so."""
    _check_conditions(item, value, fields)
    _check_amounts(item, value, fields)
    _check_process(item, value, fields)
    if item.round is not None and ROUND_ID.fullmatch(item.round.id):
        _check_round(item, item.round, value.pairs["round"], fields)


def check_test(test: Expr, value: Value, fields: Fields) -> None:
    """A single condition that the facts can't change is a mistake."""
    decided = truth(test)
    if decided is False:
        fields.error(value, "这个条件永远不成立", "检查比较的方向和数")
    elif decided is True:
        fields.warn(value, "这个条件永远成立", "删去，或检查比较的方向和数")
    _check_divisors(test, value, fields)


def _check_round(item: Item, of: Round, value: Value, fields: Fields) -> None:
    """A wrong year can't be taken back once it is published: the next round would have to follow it."""
    year, named = of.id[:4], re.findall(r"\d{4}", of.name)
    if named and year not in named:
        fields.error(value, f"批次的 id 是 {of.id}，名称是“{of.name}”", "两处的年份写成一样")
    elif int(year) > item.until.year:
        fields.warn(value, f"批次的 id 是 {of.id}，{item.until.year} 年就截止", "核对 id 和 until 的年份")
    if of.again and item.benefit.once:
        fields.warn(value, "写了一次性（once），又写每一批都可以申报（again）", "核对原文，改其中一处")


def _check_divisors(expr: Expr, value: Value, fields: Fields) -> None:
    for part in walk(expr):
        if isinstance(part, Arith) and part.op == "/":
            divisor = bounds(part.right)
            if divisor.low == 0 and divisor.high == 0:
                fields.error(value, "除数是 0", "换一个不为零的除数")


def _check_conditions(item: Item, value: Value, fields: Fields) -> None:
    place = value.pairs.get("eligible", value)
    for group in nodes(item.eligible):
        if not isinstance(group, All):
            continue
        tests = list(_tests(group))
        alone = [part for part in group.parts if isinstance(part, Clause) and truth(part.test) is not None]
        if not alone and len(tests) > 1 and truth(And(tuple(tests))) is False:
            fields.error(place, "这些条件合在一起永远不成立", "检查互相矛盾的条件")
        if len(set(tests)) < len(tests):
            fields.warn(place, "同样的条件写了两次", "删去一个")


def _tests(group: All) -> Iterator[Expr]:
    for part in group.parts:
        if isinstance(part, Clause):
            if isinstance(part.test, And):
                yield from part.test.args
            else:
                yield part.test


def _check_amounts(item: Item, value: Value, fields: Fields) -> None:
    benefit = value.pairs.get("benefit", value)
    floor, ceiling = item.benefit.floor, item.benefit.ceiling
    fixed = "amount" in benefit.pairs
    for amount, word in ((ceiling, "amount"),) if fixed else ((floor, "floor"), (ceiling, "ceiling")):
        if amount is None:
            continue
        place = benefit.pairs.get(word, benefit)
        _check_divisors(amount, place, fields)
        limits = bounds(amount)
        if limits.high is not None and limits.high <= 0:
            fields.error(place, f"{word} 永远不大于零", "检查算式")
        elif limits.low is None or limits.low < 0:
            fields.warn(place, f"{word} 可能小于零", "写成 max(…, 0元)")
        elif limits.low > MOST_YUAN:
            fields.error(place, f"{word} 大得不像一笔钱", "检查算式和单位")
    if floor is not None and ceiling is not None:
        least, most = bounds(floor).low, bounds(ceiling).high
        if least is not None and most is not None and least > most:
            fields.error(benefit, "下限高于上限", "检查 floor 和 ceiling")


def _check_process(item: Item, value: Value, fields: Fields) -> None:
    if item.channel != "application":
        return
    written = {"amount", "floor", "ceiling"} & set(value.pairs.get("benefit", value).pairs)
    if not written:
        fields.warn(
            value, "在线申报的事项没有金额", "写 amount、floor 或 ceiling，或把 channel 改为 interest"
        )
    process = value.pairs.get("process", value)
    unknown_name = process.kind == "scalar" and not item.process
    if not unknown_name and not any(stage.role == "approver" for stage in item.process):
        fields.error(process, "流程里没有审定（approver）", "加上 role: approver 的环节")


def parts_of(node: Node) -> tuple[Node, ...]:
    """The direct parts of an *all* without id, else the node itself."""
    return node.parts if isinstance(node, All) and not node.id else (node,)
