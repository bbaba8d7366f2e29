"""`babashi bench explain`: one enterprise against thousands of policies, verdicts alone and with all explanations.

What is timed, one thread, the outline of the policies being ready (it is made once for all enterprises):

``verdicts``: columns of one enterprise made and matched, nothing else.

``explanations``: an overview made, and of **every** policy read one by one in Python: verdict, both amounts, the ids
of what failed, the ids of what is missing, and of every condition its truth and the values it looked at, each value
with its text and source. Policies share neither ids nor citations, only conditions, as packs do.

``with_words``: the same, and each finding beside the static description of its condition (words, citation), which
means touching some hundred thousand separate objects.

``scalar``: the results of the scalar evaluator without traces; ``scalar_traces``: its traces too, for some policies
and reckoned up to all. Both are checked against the overview before anything is timed.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from babashi.bench.match import Disagreement, one_thread
from babashi.bench.synthetic import SEED, rulebook
from babashi.rules import pack as packs
from babashi.rules.columnar import Matcher, batch_of_subjects
from babashi.rules.evaluate import evaluate_all
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.loader import load_pack
from babashi.rules.overview import Outline, Overview
from babashi.rules.values import NO_PARAMETERS, Source, Subject, Value

AS_OF = dt.date(2022, 9, 1)
TRACED = 200
"""Policies whose whole traces are compared, and whose scalar traces are timed."""


def enterprise() -> Subject:
    """One synthetic enterprise; two facts are unknown."""
    facts: dict[str, Value | None] = {
        "district": "500113", "kind": "企业", "industry_code": "1310", "established_on": dt.date(2011, 3, 1),
        "employees_2021": 40, "operating_revenue_2021": Decimal("5000000.00"), "rd_expense_2020": Decimal(300000),
        "rd_expense_2021": None, "first_above_scale_year": 2019, "food_activities": frozenset(["生产"]),
        "green_industry": True, "strategic_emerging": False, "pollution_carbon_reduction": None,
        "interest_subsidy_other_category": False,
    }  # fmt: skip
    source = Source("synthetic", "合成数据 第 2 行", AS_OF)
    return Subject(facts, {}, dict.fromkeys(facts, source))


def policies(count: int, rare: int, dictionary: FactDictionary) -> list[packs.Item]:
    """The rulebook of the matching bench, each clause with an id and a citation of its own."""
    template = load_pack(packs_root() / "banan" / "2022-63", dictionary).items[0]
    items = rulebook(count, template, dictionary, SEED, rare=rare)
    return [replace(item, eligible=_own(item.eligible, f"{item.id}.1")) for item in items]


def _own(node: packs.Node, name: str) -> packs.Node:
    cite = packs.Cite("第一条", name)
    match node:
        case packs.All(parts=parts) | packs.Any(parts=parts):
            own = tuple(_own(part, f"{name}.{number}") for number, part in enumerate(parts, 1))
            return replace(node, id=name, parts=own, cite=cite)
        case packs.Not(part=part):
            return replace(node, id=name, part=_own(part, f"{name}.1"), cite=cite)
    return replace(node, id=name, cite=cite)


def read_all(overview: Overview) -> tuple[int, int, int]:
    """Read everything that an explanation says, policy by policy: how much failed, is missing, is unknown."""
    failures = gaps = unknown = 0
    for verdict, (_, ceiling), failed, missing, findings in overview.rows():
        failures += len(failed)
        gaps += len(missing)
        if verdict == "eligible" and ceiling is None:
            unknown += 1
        for finding in findings:
            if finding.truth is None and finding.values and not finding.values[0].known:
                unknown += 1
    return failures, gaps, unknown


def read_with_words(overview: Overview) -> int:
    """The same with the description of each condition; how many conditions with words are not met."""
    unmet = 0
    for explanation in overview:
        if explanation.verdict == "eligible" and explanation.amounts[1] is None:
            unmet += 1
        unmet += len(explanation.failed) + len(explanation.missing)
        for condition, finding in explanation.lines:
            if finding.truth is False and finding.values and condition.text:
                unmet += 1
    return unmet


def check(outline: Outline, subject: Subject) -> None:
    """The overview says what the scalar evaluator says."""
    overview = Overview(outline, subject, NO_PARAMETERS, AS_OF)
    results = evaluate_all(outline.items, subject, NO_PARAMETERS, AS_OF)
    for explanation, result in zip(overview, results, strict=True):
        if explanation.result().to_line() != result.to_line():
            raise Disagreement(result.item)
    for explanation, result in zip(list(overview)[:TRACED], results, strict=False):
        if explanation.result().to_json() != result.to_json():
            raise Disagreement(result.item)


def bench(*, count: int, rare: int, runs: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Prepare, compare, then time one after the other."""
    one_thread()
    dictionary, subject = FactDictionary.load(), enterprise()
    say(f"生成 {count:,} 条政策…")
    items = policies(count, rare, dictionary)
    start = time.perf_counter()
    outline = Outline(items)
    compiled = time.perf_counter() - start
    matcher = Matcher(items)
    say("核对…")
    check(outline, subject)
    contenders: dict[str, Callable[[], object]] = {
        "verdicts": lambda: matcher.verdicts(batch_of_subjects([subject], dictionary)),
        "explanations": lambda: read_all(Overview(outline, subject, NO_PARAMETERS, AS_OF)),
        "with_words": lambda: read_with_words(Overview(outline, subject, NO_PARAMETERS, AS_OF)),
        "scalar": lambda: evaluate_all(items, subject, NO_PARAMETERS, AS_OF),
        "scalar_traces": lambda: [r.trace for r in evaluate_all(items[:TRACED], subject, None, AS_OF)],
    }
    timed = {name: _timed(runs, run) for name, run in contenders.items()}
    scale = {"scalar_traces": count / min(count, TRACED)}
    return {
        "policies": count,
        "conditions": len(outline.leaf_at),
        "distinct_tests": len(outline.leaves),
        "runs": runs,
        "python": platform.python_version(),
        "outline_seconds": compiled,
        "seconds": {name: _scaled(times, scale.get(name, 1.0)) for name, times in timed.items()},
    }


def _timed(runs: int, run: Callable[[], object]) -> dict[str, float]:
    """Seconds by the clock, and by the processor: on a machine with other work only the latter is ours."""
    wall, processor = [], []
    for _ in range(runs):
        start, busy = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
    return {
        "median": statistics.median(wall),
        "least": min(wall),
        "processor_median": statistics.median(processor),
    }


def _scaled(times: dict[str, float], scale: float) -> dict[str, float]:
    return {name: seconds * scale for name, seconds in times.items()}


def main(arguments: Any) -> int:
    """The command."""

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    try:
        report = bench(count=arguments.policies, rare=arguments.rare, runs=arguments.runs, say=say)
    except Disagreement as error:
        say(f"与逐条判断的结果不一致，不计时：{error}")
        return 1
    print(
        f"1 户 × {report['policies']:,} 条政策，条件 {report['conditions']:,} 处，"
        f"不同的 {report['distinct_tests']:,} 个，单线程"
    )
    names = {
        "verdicts": "全部结论", "explanations": "全部解释，逐条读完", "with_words": "同上，连同每个条件的文字",
        "scalar": "逐条判断，不含过程", "scalar_traces": "逐条判断，含过程（折算）",
    }  # fmt: skip
    for name, words in names.items():
        found = report["seconds"][name]
        print(
            f"{words}：中位数 {found['median'] * 1000:.1f} 毫秒，最少 {found['least'] * 1000:.1f} 毫秒，"
            f"处理器时间 {found['processor_median'] * 1000:.1f} 毫秒"
        )
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    return 0
