"""Reading who is eligible: clauses and groups, each with an id and a source."""

from __future__ import annotations

from dataclasses import dataclass

from babashi.rules.loading.check import check_test, parts_of
from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import All, Any, Cite, Clause, Node, Not
from babashi.rules.units import BOOL

_NODE_KEYS = ("id", "name", "test", "all", "any", "not", "cite", "reading", "readings", "hint")


@dataclass(frozen=True)
class _Inherited:
    """Source that a group hands down to its parts."""

    cite: Cite | None = None
    readings: tuple[str, ...] = ()


class EligibilityReader:
    """Reads ``eligible`` of one item after the other; ``exclusions`` hold for every enterprise."""

    def __init__(self, fields: Fields, exclusions: tuple[Node, ...]) -> None:
        self.fields = fields
        self.exclusions = exclusions

    def read(self, owner: Value, pairs: dict[str, Value], article: str, applicant: str) -> Node | None:
        """The tree of an item with the platform's exclusions, ``None`` (after reporting) where there is none."""
        value = pairs.get("eligible")
        if value is None:
            if applicant == "enterprise":
                self.fields.error(owner, "事项缺少 eligible（谁能享）", "写上 all: 和各个条件")
                return None
            return All(())
        node = self._node(value, article, _Inherited(), {}, "eligible")
        if node is None or not self.exclusions or applicant != "enterprise":
            return node
        return All((*parts_of(node), *self.exclusions))

    def _node(
        self, value: Value, article: str, above: _Inherited, seen: dict[str, Value], auto_id: str
    ) -> Node | None:
        fields = self.fields
        pairs = fields.mapping(value, _NODE_KEYS, "条件")
        shapes = [key for key in ("test", "all", "any", "not") if key in pairs]
        if len(shapes) != 1:
            fields.error(
                value, "每个条件要写 test、all、any、not 中的一个", "例如 test: employees_2021 >= 300"
            )
            return None
        node_id = fields.identifier(value, pairs["id"], "条件", seen) if "id" in pairs else ""
        cite = fields.cite(pairs.get("cite"), article)
        readings = fields.reading_ids(pairs.get("readings") or pairs.get("reading"))
        source = _Inherited(cite or above.cite, readings or above.readings)
        name, hint = fields.text(pairs.get("name")), fields.text(pairs.get("hint"))
        shape = shapes[0]
        if shape == "test":
            return self._clause(value, pairs, node_id or auto_id, source, name, hint)
        if not node_id and shape in ("any", "not"):
            fields.error(value, f"{shape} 要有 id", "不符合时要能说出是哪一条")
        parts = self._parts(pairs[shape], article, source, seen, node_id or auto_id, single=shape == "not")
        if not parts:
            return None
        shared = (node_id, name, source.cite, source.readings, hint)
        if shape == "not":
            return Not(parts[0], *shared)
        return All(tuple(parts), *shared) if shape == "all" else Any(tuple(parts), *shared)

    def _parts(
        self, value: Value, article: str, source: _Inherited, seen: dict[str, Value], stem: str, single: bool
    ) -> list[Node]:
        entries = [value] if single else self.fields.entries(value, "条件组")
        if not entries:
            self.fields.error(value, "条件组是空的", "至少写一个条件")
        found = []
        for number, entry in enumerate(entries, 1):
            node = self._node(entry, article, source, seen, f"{stem}.{number}")
            if node is not None:
                found.append(node)
        return found

    def _clause(
        self, value: Value, pairs: dict[str, Value], clause_id: str, source: _Inherited, name: str, hint: str
    ) -> Clause | None:
        written = any(key in pairs and not pairs[key].is_null for key in ("cite", "reading", "readings"))
        if source.cite is None and not source.readings and not written:
            self.fields.error(value, f"条件 {clause_id} 没有出处", "写 cite: 原文，或 reading: 口径的 id")
        texts = self.fields.source_texts([source.cite], source.readings)
        test = self.fields.expression(pairs["test"], BOOL, texts)
        if test is None:
            return None
        check_test(test, pairs["test"], self.fields)
        return Clause(clause_id, test, name, source.cite, source.readings, hint)
