"""Functions over the rows of a child table: ``any``, ``all``, ``count``, ``sum``."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable

from babashi.rules.parser.base import BuilderBase
from babashi.rules.tree import Count, Exists, Expr, Sum


class Rows(BuilderBase):
    """Within a row the names of its columns hold; a row can't go through a table again."""

    def _table_of(self, node: ast.Call) -> str:
        first = node.args[0]
        tables = self.scope.dictionary.tables
        if self.table is not None:
            raise self.error(node, "行里不能再数一张表", "拆成两个条件")
        if isinstance(first, ast.Name) and first.id in tables:
            return first.id
        written = first.id if isinstance(first, ast.Name) else ""
        near = difflib.get_close_matches(written, tables, n=1, cutoff=0.5)
        advice = f"是不是 {near[0]}？" if near else f"可用的表：{'、'.join(tables)}"
        raise self.error(first, "第一个参数要是子表的名字", advice)

    def _in_row(self, table: str, build: Callable[[], Expr]) -> Expr:
        self.table = table
        try:
            return build()
        finally:
            self.table = self.scope.table

    def _exists(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 2)
        table = self._table_of(node)
        test = self._in_row(table, lambda: self._test(node.args[1]))
        return Exists(node.func.id if isinstance(node.func, ast.Name) else "any", table, test)

    def _count(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 2)
        table = self._table_of(node)
        return Count(table, self._in_row(table, lambda: self._test(node.args[1])))

    def _sum(self, node: ast.Call) -> Expr:
        keywords = self._arguments(node, 2, 2, ("where",))
        table = self._table_of(node)
        value = self._in_row(table, lambda: self._number(node.args[1]))
        where_node = keywords.get("where")
        where = self._in_row(table, lambda: self._test(where_node)) if where_node is not None else None
        return Sum(table, value, where, value.type)
