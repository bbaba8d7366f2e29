"""Policies as rules: pure Python, no web framework, nothing that knows a particular policy.

Where to look: ``pack`` and ``conditions`` (what a pack is), ``loader`` and ``loading`` (from files to a checked pack),
``lexer``, ``parser``, ``tree`` and ``units`` (the language), ``compiled``, ``program`` and ``evaluate`` (one subject),
``trace``, ``used`` and ``results`` (why), ``overview`` (one subject and thousands of policies), ``columnar`` (a million
subjects), ``phrases`` and ``words`` (in plain Chinese), ``questions``, ``stacking``, ``cases``, ``commands``.
"""

from babashi.rules.evaluate import evaluate, evaluate_all
from babashi.rules.facts import FactDictionary, FactSpec, TableSpec, packs_root
from babashi.rules.loader import find_packs, load_pack, load_pack_from_texts
from babashi.rules.pack import Item, Pack, Reading, Stage, facts_used
from babashi.rules.problems import PackErrors, Problem
from babashi.rules.questions import NearMiss, Question, candidates_of, near_misses, next_question, questions
from babashi.rules.results import ClauseTrace, Result
from babashi.rules.stacking import Combination, stack
from babashi.rules.values import NEVER, Parameters, Source, Subject, Value
from babashi.rules.words import ItemWords, ResultWords, explain_item, explain_result

__all__ = [
    "NEVER",
    "ClauseTrace",
    "Combination",
    "FactDictionary",
    "FactSpec",
    "Item",
    "ItemWords",
    "NearMiss",
    "Pack",
    "PackErrors",
    "Parameters",
    "Problem",
    "Question",
    "Reading",
    "Result",
    "ResultWords",
    "Source",
    "Stage",
    "Subject",
    "TableSpec",
    "Value",
    "candidates_of",
    "evaluate",
    "evaluate_all",
    "explain_item",
    "explain_result",
    "facts_used",
    "find_packs",
    "load_pack",
    "load_pack_from_texts",
    "near_misses",
    "next_question",
    "packs_root",
    "questions",
    "stack",
]
