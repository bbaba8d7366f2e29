"""Every act that the code writes into the audit log has a Chinese name; a reader never has to guess at `x.y_z`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babashi.applications.flow import EventKind
from babashi.audit.names import ACTS, SUBJECTS, acts_called, kind_of, name_of
from babashi.budget.models import EntryKind

SOURCE = Path(__file__).parents[3] / "src" / "babashi"
PARTS = sorted(path.parent.name for path in SOURCE.glob("*/apps.py"))
ACT = re.compile(rf"(?:{'|'.join(PARTS)})\.[a-z_]+")
JOBS = {"task", "configure_task"}
"""Calls that name a job of the queue, not an act."""


def acts() -> Iterator[tuple[str, str]]:
    """Every literal that looks like an act, with its file; a name that is put together ends with a dot."""
    for path in sorted(SOURCE.rglob("*.py")):
        part, inside = path.relative_to(SOURCE).parts[0], path.relative_to(SOURCE).parts
        if (
            part not in PARTS
            or "migrations" in inside
            or path.name == "apps.py"
            or inside == ("audit", "names.py")
        ):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        jobs = {id(found) for node in ast.walk(tree) if _names_a_job(node) for found in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if start.removesuffix(".") in PARTS and start.endswith("."):
                    yield start, path.name
            elif isinstance(node, ast.Constant) and ACT.fullmatch(str(node.value)) and id(node) not in jobs:
                yield str(node.value), path.name


def _names_a_job(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in JOBS


def test_every_act_in_the_code_has_a_name() -> None:
    written = set(acts())
    assert len(written) > 40
    fixed = {act for act, _ in written if not act.endswith(".")}
    assert fixed - set(ACTS) == set()
    composed = {act for act, _ in written if act.endswith(".")}
    assert composed == {"applications.", "budget."}, "acts named by their kind: list the kinds below"
    kinds = {f"applications.{kind}" for kind in EventKind.values} | {
        f"budget.{kind}" for kind in EntryKind.values
    }
    assert kinds - set(ACTS) == set()
    assert set(ACTS) - fixed - kinds == set(), "a name for an act that nobody writes"


def test_names_are_chinese_and_tell_the_acts_of_a_part_apart() -> None:
    assert all(re.search(r"[\u4e00-\u9fff]{2}", name) for name in ACTS.values())
    for part in PARTS:
        names = [name for act, name in ACTS.items() if act.startswith(f"{part}.")]
        assert len(names) == len(set(names)), part


def test_the_history_of_a_case_and_the_log_use_the_same_words() -> None:
    assert {kind: ACTS[f"applications.{kind}"] for kind in EventKind.values} == dict(EventKind.choices)


def subjects() -> Iterator[tuple[str, str]]:
    """Every kind of thing that the code names as the subject of an act, with its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = (
                node.value
                if isinstance(node, ast.keyword) and node.arg == "subject"
                else node.value
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "subject"
                else None
            )
            first = value.elts[0] if isinstance(value, ast.Tuple) else None
            if isinstance(first, ast.Constant):
                yield str(first.value), path.name


def test_what_an_act_was_done_to_has_a_chinese_name_too() -> None:
    found = dict(subjects())
    assert {"application", "payment", "user"} <= set(found)
    assert {kind: file for kind, file in found.items() if kind not in SUBJECTS} == {}
    assert kind_of("payment") == "兑付"
    assert kind_of("unheard_of") == "unheard_of"


def test_the_log_is_searched_with_the_words_of_the_pages() -> None:
    assert acts_called("解散") == ["payments.dissolved"]
    assert acts_called("组批") == ["payments.batched"]
    assert acts_called("核销") == ["payments.answer_settled"]


def test_an_act_of_an_older_version_keeps_its_own_name() -> None:
    assert name_of("applications.teleported") == "applications.teleported"
    assert name_of("applications.submitted") == "提交申报"
