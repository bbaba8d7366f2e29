"""An item compiled for the scalar evaluator: truth of each node, floor and ceiling."""

from __future__ import annotations

from babashi.rules.compiled import Compiled, Env, compile_amount, compile_expr, kleene
from babashi.rules.conditions import All, Any, Clause, Node, Not
from babashi.rules.tree import Expr


class Program:
    """Closures of one item: truth of each node, floor and ceiling."""

    __slots__ = ("ceiling", "floor", "truth", "verdict")

    def __init__(self, eligible: Node, floor: Expr | None, ceiling: Expr | None) -> None:
        self.truth: dict[int, Compiled] = {}
        self.verdict = self._compile(eligible)
        self.floor = compile_amount(floor) if floor is not None else None
        self.ceiling = compile_amount(ceiling) if ceiling is not None else None

    def truth_of(self, node: Node) -> Compiled:
        """The closure of a node of this item's tree."""
        return self.truth[id(node)]

    def _compile(self, node: Node) -> Compiled:
        closure: Compiled
        match node:
            case Clause(test=test):
                closure = _remembered(compile_expr(test))
            case Not(part=part):
                closure = _negated(self._compile(part))
            case All(parts=parts):
                closure = _grouped([self._compile(part) for part in parts], decisive=False)
            case Any(parts=parts):
                closure = _grouped([self._compile(part) for part in parts], decisive=True)
        self.truth[id(node)] = closure
        return closure


def _remembered(test: Compiled) -> Compiled:
    def clause(env: Env) -> object:
        memo = env.memo
        if test in memo:
            return memo[test]
        value = memo[test] = test(env)
        return value

    return clause


def _negated(part: Compiled) -> Compiled:
    def negated(env: Env) -> object:
        value = part(env)
        return (not value) if isinstance(value, bool) else value

    return negated


def _grouped(parts: list[Compiled], *, decisive: bool) -> Compiled:
    def group(env: Env) -> object:
        values = []
        for part in parts:
            value = part(env)
            if value is decisive:
                return decisive
            values.append(value)
        return kleene(decisive, values)

    return group
