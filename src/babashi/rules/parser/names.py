"""Names: literals, facts, fields of a row, parameters and terms."""

from __future__ import annotations

import ast
import difflib

from babashi.rules.parser.base import BuilderBase
from babashi.rules.parser.scope import FUNCTIONS, ParamSpec, Term
from babashi.rules.tree import Expr, FactRef, FieldRef, Param
from babashi.rules.units import type_of_fact

NO_CONSTANT = "是/否指标直接当条件，写 green_industry 或 not green_industry；缺资料不用写，平台会判断"


class Names(BuilderBase):
    """Turns a name into what it stands for, or says which one may have been meant."""

    def _name(self, node: ast.Name, name: str) -> Expr:
        if name in self.lexed.literals:
            literal = self.lexed.literals[name]
            self.used_literals.append((literal, self.lexed.place(node.col_offset)))
            return literal
        dictionary = self.scope.dictionary
        if self.table is not None and name in dictionary.tables[self.table].columns:
            return FieldRef(self.table, name, type_of_fact(dictionary.tables[self.table].columns[name]))
        if name in self.scope.terms:
            return self._term(node, self.scope.terms[name])
        if name in self.scope.params:
            return self._param(node, self.scope.params[name])
        if name in dictionary.facts:
            return FactRef(name, type_of_fact(dictionary.facts[name]))
        return self._unknown_name(node, name)

    def _term(self, node: ast.Name, term: Term) -> Expr:
        if term.table is not None and term.table != self.table:
            return self.note(
                node, f"{term.name} 只能用在 {term.table} 的行里", f"写成 any({term.table}, {term.name})"
            )
        return term.expr

    def _param(self, node: ast.Name, param: ParamSpec) -> Expr:
        if param.steps is not None:
            return self.note(node, f"{param.name} 是按日期取值的表", f"写成 {param.name}(日期)")
        if param.value is None:
            return self.note(
                node, f"{param.name} 是随登记表交来的参数表", f"写成 {param.name}(行业大类, 年度)"
            )
        return Param(param.name, param.value, param.type, param.label)

    def _unknown_name(self, node: ast.Name, name: str) -> Expr:
        dictionary = self.scope.dictionary
        if name in dictionary.tables:
            return self.note(
                node, f"{name} 是子表，不能直接当值用", f"写成 any({name}, 条件) 或 sum({name}, 数)"
            )
        if name in FUNCTIONS:
            return self.note(node, f"{name} 是函数", f"写成 {FUNCTIONS[name]}")
        pool = [*dictionary.facts, *self.scope.params, *self.scope.terms]
        if self.table:
            pool = [*dictionary.tables[self.table].columns, *pool]
        if name.lower() in ("true", "false", "none", "null", "nil", "yes", "no"):
            return self.note(node, f"不能写 {name}", NO_CONSTANT)
        near = difflib.get_close_matches(name, pool, n=1, cutoff=0.6)
        owner = next((t.id for t in dictionary.tables.values() if name in t.columns), None)
        if owner and self.table is None and not near:
            return self.note(node, f"{name} 是 {owner} 的字段", f"写成 any({owner}, …{name}…)")
        if self.table and not near:
            label, columns = dictionary.tables[self.table].label, dictionary.tables[self.table].columns
            return self.note(node, f"{label}没有字段 {name}", f"可用：{'、'.join(columns)}")
        return self.note(
            node, f"没有叫 {name} 的指标", f"是不是 {near[0]}？" if near else "指标见 packs/facts.yaml"
        )
