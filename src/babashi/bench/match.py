"""`babashi bench match`: bulk matching against peers, interleaved, medians, as ratios of one run."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from babashi.bench.bandwidth import copy_bandwidth, touched
from babashi.bench.peers import PEERS, Peer, Verdict
from babashi.bench.synthetic import SEED, register, rulebook
from babashi.rules.columnar import Batch, Matcher, Verdicts
from babashi.rules.columnar.match import HAS_NUMBA, Engine
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.loader import load_pack
from babashi.rules.pack import Item

COMPARED_ITEMS = 200
"""Policies whose verdicts are compared row by row; the others by their number of eligible."""


class Disagreement(Exception):
    """A peer answers otherwise: its time means nothing."""


@dataclass(slots=True)
class Timed:
    """One contender: runs in seconds, and how many rows a run covers."""

    name: str
    run: Callable[[], Any]
    rows: int
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Median seconds of a run."""
        return statistics.median(self.seconds)


def bench(
    *,
    enterprises: int,
    policies: int,
    peers: Sequence[str],
    runs: int,
    missing: float,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Prepare all, compare all, then time all in turn. One thread each."""
    one_thread()
    dictionary = FactDictionary.load()
    template = load_pack(packs_root() / "banan" / "2022-63", dictionary).items[0]
    say(f"生成 {enterprises:,} 户 × {policies:,} 条政策…")
    batch = register(enterprises, SEED, missing)
    items = rulebook(policies, template, dictionary)
    engines: list[Engine] = ["numba", "numpy"] if HAS_NUMBA else ["numpy"]
    contenders, verdicts = [], None
    for engine in engines:
        matcher = Matcher(items, engine)
        verdicts = matcher.verdicts(batch)
        spare = matcher.verdicts(batch).planes
        run = partial(matcher.verdicts, batch, spare)
        contenders.append(Timed(f"babashi-{engine}", run, batch.rows))
    assert verdicts is not None
    for name in peers:
        say(f"准备并核对 {PEERS[name].name}…")
        contenders.append(_peer(PEERS[name], name, items, batch, verdicts))
    for number in range(runs):
        say(f"第 {number + 1}/{runs} 轮计时…")
        for contender in contenders:
            start = time.perf_counter()
            contender.run()
            contender.seconds.append(time.perf_counter() - start)
    report = _report(contenders, batch.rows, policies, missing, matcher)
    say("测量内存带宽…")
    return {**report, "memory": _memory(Matcher(items, engines[0]), batch, runs)}


def _memory(matcher: Matcher, batch: Batch, runs: int) -> dict[str, Any]:
    """Which share of the bandwidth of a copy the kernel reaches, with and without writing the verdicts."""
    planes = matcher.verdicts(batch).planes
    copy = copy_bandwidth()
    found: dict[str, Any] = {"copy_gb_per_second": copy / 1e9}
    for name, run in (
        ("verdicts", lambda: matcher.verdicts(batch, planes)), ("counts", lambda: matcher.counts(batch))
    ):  # fmt: skip
        seconds = min(thread_seconds(run) for _ in range(max(runs, 3)))
        moved = touched(matcher, batch, verdicts=name == "verdicts")
        rate = (moved.read + moved.written) / seconds
        found[name] = {
            "thread_seconds": seconds, "bytes_read": moved.read, "bytes_written": moved.written,
            "gb_per_second": rate / 1e9, "share_of_copy": rate / copy,
        }  # fmt: skip
    return found


def thread_seconds(run: Callable[[], Any]) -> float:
    """Time of this thread alone: what neighbours on the same cores take does not count."""
    start = time.thread_time()
    run()
    return time.thread_time() - start


def one_thread() -> None:
    """Everybody gets one thread; must be set before the libraries are loaded."""
    for name in (
        "POLARS_MAX_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "ARROW_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    ):
        os.environ[name] = "1"
    with contextlib.suppress(
        ModuleNotFoundError
    ):  # pyarrow is a peer; without it there is nothing to hold back
        import pyarrow as pa

        pa.set_cpu_count(1)


def _peer(peer: Peer, name: str, items: Sequence[Item], batch: Batch, ours: Verdicts) -> Timed:
    run = peer.prepare(items, batch)
    theirs = run()
    rows = min(peer.sample or batch.rows, batch.rows)
    known = _complete_rows(batch)[:rows]
    for position in range(len(items)):
        if position >= COMPARED_ITEMS:
            break
        _compare(peer, position, theirs[position], ours, known, rows)
    return Timed(name, run, rows)


def _complete_rows(batch: Batch) -> Any:
    known = np.ones(batch.rows, np.bool_)
    for column in batch.facts.values():
        if column.valid is not None:
            known &= column.valid
    return known


def _compare(peer: Peer, position: int, theirs: Verdict, ours: Verdicts, known: Any, rows: int) -> None:
    eligible, ineligible = ours.eligible(position)[:rows], ours.ineligible(position)[:rows]
    true, false = theirs
    looked_at = np.ones(rows, np.bool_) if peer.kleene else known
    wrong = ((eligible != true[:rows]) | (ineligible != false[:rows])) & looked_at
    if wrong.any():
        raise Disagreement(f"{peer.name}：第 {position} 条政策有 {int(wrong.sum())} 行结论不同")


def _report(
    contenders: Sequence[Timed], rows: int, policies: int, missing: float, matcher: Matcher
) -> dict[str, Any]:
    best = contenders[0]
    results = {}
    for contender in contenders:
        pairs = contender.rows * policies
        results[contender.name] = {
            "seconds": contender.median,
            "runs": contender.seconds,
            "rows": contender.rows,
            "pairs_per_second": pairs / contender.median,
        }
    rate = results[best.name]["pairs_per_second"]
    others = {
        name: rate / result["pairs_per_second"] for name, result in results.items() if name != best.name
    }
    return {
        "enterprises": rows,
        "policies": policies,
        "missing": missing,
        "distinct_conditions": len(matcher.book.leaves),
        "junctions": len(matcher.book.junctions),
        "threads": 1,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "python": platform.python_version(),
        "results": results,
        "ratios": others,
    }


def shipped(*, enterprises: int, runs: int, say: Callable[[str], None]) -> dict[str, Any]:
    """The measures themselves on a synthetic district: verdicts, and verdicts with all amounts."""
    import tempfile

    from babashi.demo.write import write_district
    from babashi.register_io.reading import read_register
    from babashi.rules.columnar import batch_of_subjects

    dictionary = FactDictionary.load()
    pack = load_pack(packs_root() / "banan" / "2022-63", dictionary)
    items = [item for item in pack.items if item.applicant != "person"]
    base = min(enterprises, 20_000)
    say(f"生成 {base:,} 户合成企业…")
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder) / "district", dictionary, count=base, seed=SEED)
        found = read_register(Path(folder) / "district", dictionary)
    subjects = [subject for _, subject in found.subjects()]
    batch = batch_of_subjects(subjects, dictionary, found.rule_parameters())
    batch = batch.take(np.arange(enterprises) % batch.rows)
    matcher = Matcher(items)
    matcher.verdicts(batch.take(np.arange(64)))
    timings: dict[str, list[float]] = {"verdicts": [], "with_amounts": [], "thread_seconds": []}
    for _ in range(runs):
        began = time.thread_time()
        matcher.table.prepared.clear()  # a run over enterprises that nobody has looked at before
        start = time.perf_counter()
        verdicts = matcher.verdicts(batch)
        timings["verdicts"].append(time.perf_counter() - start)
        for position, rows in verdicts.eligible_pairs():
            matcher.amounts(batch, position, rows)
        timings["with_amounts"].append(time.perf_counter() - start)
        timings["thread_seconds"].append(time.thread_time() - began)
    medians = {name: statistics.median(seconds) for name, seconds in timings.items()}
    return {"enterprises": enterprises, "items": len(items), "engine": matcher.engine, "seconds": medians}


def print_table(report: dict[str, Any]) -> None:
    """A readable table on standard output."""
    print(f"{report['enterprises']:,} 户 × {report['policies']:,} 条政策，缺项 {report['missing']:.0%}，单线程，"
          f"不同条件 {report['distinct_conditions']} 个")  # fmt: skip
    print(f"{'':18}{'秒（中位数）':>14}{'对/秒':>14}{'我们快几倍':>12}")
    for name, result in report["results"].items():
        ratio = report["ratios"].get(name)
        shown = f"{ratio:.1f}" if ratio is not None else "—"
        print(f"{name:20}{result['seconds']:>14.4f}{result['pairs_per_second']:>16.3g}{shown:>14}")
    print(f"内存峰值 {report['peak_memory_mb']} MB（全部参与者在一个进程里）")
    memory = report["memory"]
    for name, word in (("verdicts", "全部结论"), ("counts", "只计数")):
        print(f"内存流量（{word}）{memory[name]['gb_per_second']:.1f} GB/s，是复制带宽 "
              f"{memory['copy_gb_per_second']:.1f} GB/s 的 {memory[name]['share_of_copy']:.0%}")  # fmt: skip


def main(arguments: Any) -> int:
    """The command."""

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    names = [name for name in arguments.peers.split(",") if name and name != "none"]
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        say(f"没有叫 {'、'.join(unknown)} 的对照，可用：{'、'.join(PEERS)}。")
        return 2
    try:
        report = bench(
            enterprises=arguments.enterprises, policies=arguments.policies, peers=names, runs=arguments.runs,
            missing=arguments.missing, say=say,
        )  # fmt: skip
    except ModuleNotFoundError as error:
        say(
            f"没有安装对照 {error.name}。请先运行：.venv/bin/pip install --require-hashes -r requirements/bench.txt"
        )
        return 2
    except Disagreement as error:
        say(f"结论不一致，不计时：{error}")
        return 1
    if arguments.shipped:
        report["shipped"] = shipped(enterprises=arguments.shipped, runs=arguments.runs, say=say)
    print_table(report)
    if "shipped" in report:
        own = report["shipped"]
        print(f"巴七条 {own['items']} 项 × {own['enterprises']:,} 户：判断 {own['seconds']['verdicts']:.3f} 秒，"
              f"连同金额 {own['seconds']['with_amounts']:.3f} 秒（{own['engine']}）")  # fmt: skip
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    return 0
