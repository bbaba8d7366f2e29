"""Policies as rules: pure Python, no web framework, nothing that knows a particular policy."""

from babashi.rules.evaluate import evaluate, evaluate_all
from babashi.rules.facts import FactDictionary, FactSpec, TableSpec, packs_root
from babashi.rules.loader import find_packs, load_pack, load_pack_from_texts
from babashi.rules.pack import Item, Pack, Reading, Stage, facts_used
from babashi.rules.problems import PackErrors, Problem
from babashi.rules.results import ClauseTrace, Result
from babashi.rules.values import NEVER, Parameters, Source, Subject, Value

__all__ = [
    "NEVER", "ClauseTrace", "FactDictionary", "FactSpec", "Item", "Pack", "PackErrors", "Parameters", "Problem",
    "Reading", "Result", "Source", "Stage", "Subject", "TableSpec", "Value", "evaluate", "evaluate_all", "facts_used",
    "find_packs", "load_pack", "load_pack_from_texts", "packs_root",
]  # fmt: skip
