"""Scoring of whole folders of annotated notices."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from babashi.reader.errors import UnreadableFile
from babashi.reader.output import as_record
from babashi.reader.reading import read_text
from babashi.reader.scoring import FIELDS, Score


def load_yaml(path: Path) -> dict[str, Any]:
    """A YAML mapping from a file. Raises UnreadableFile in Chinese."""
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except OSError as problem:
        raise UnreadableFile(f"读不了 {path}：{problem.strerror or problem}。请检查路径。") from problem
    except (YAMLError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"{path} 不是正确的 YAML 文件：{str(problem).splitlines()[0]}") from problem
    if not isinstance(data, dict):
        raise UnreadableFile(f"{path} 里不是一份标注（应当有 text 和 measures）。")
    return data


def score_folder(gold: Path, predicted: Path | None) -> tuple[Score, list[float]]:
    """Score of a file or folder, and the seconds each reading took (empty for readings handed in)."""
    files = sorted(gold.glob("*.yaml")) if gold.is_dir() else [gold]
    if not files:
        raise UnreadableFile(f"{gold} 里没有 .yaml 标注文件。")
    score, seconds = Score(), []
    for file in files:
        truth = load_yaml(file)
        if predicted is None:
            if not isinstance(truth.get("text"), str):
                raise UnreadableFile(f"{file} 里没有 text（通知原文），不能现读。请用 --predicted 给出结果。")
            started = time.perf_counter()
            found = as_record(read_text(truth["text"]), with_text=False)
            seconds.append(time.perf_counter() - started)
        else:
            path = predicted / file.name if predicted.is_dir() else predicted
            found = load_yaml(path) if path.exists() else {}
        score.compare(found, truth)
    return score, seconds


def as_table(score: Score, seconds: list[float]) -> str:
    """Precision, recall, F1 and counts of each field."""
    lines = [f"{'field':24}{'P':>7}{'R':>7}{'F1':>7}{'tp':>6}{'fp':>6}{'fn':>6}"]
    for name in FIELDS:
        c = score.counts[name]
        lines.append(
            f"{name:24}{c.precision:7.3f}{c.recall:7.3f}{c.f1:7.3f}{c.hits:6}{c.extra:6}{c.missed:6}"
        )
    if seconds:
        lines.append(f"{len(seconds)} 份通知，最慢 {max(seconds) * 1000:.0f} 毫秒")
    return "\n".join(lines) + "\n"


def as_json(score: Score, seconds: list[float]) -> str:
    """The same as JSON."""
    fields = {
        name: {
            "precision": c.precision,
            "recall": c.recall,
            "f1": c.f1,
            "tp": c.hits,
            "fp": c.extra,
            "fn": c.missed,
        }
        for name, c in score.counts.items()
    }
    return (
        json.dumps(
            {"fields": fields, "slowest_seconds": max(seconds, default=None)}, ensure_ascii=False, indent=2
        )
        + "\n"
    )
