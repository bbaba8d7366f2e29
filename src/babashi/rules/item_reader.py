"""Reading the items of a pack: eligibility, benefit, process, contact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from babashi.rules.check import check_test, parts_of
from babashi.rules.fields import Fields
from babashi.rules.figures import compact, figures_in
from babashi.rules.pack import (
    UNCONFIRMED,
    All,
    Any,
    Benefit,
    BenefitTerm,
    Cite,
    Clause,
    Contact,
    Item,
    Material,
    Node,
    Not,
    Parameter,
    Stage,
    leaves,
    nodes,
)
from babashi.rules.tree import DatedLookup, Expr, Param, walk
from babashi.rules.units import BOOL, YUAN
from babashi.rules.yamltree import Value

KINDS = ("reward", "subsidy", "interest_subsidy", "voucher", "insurance", "training", "other")
APPLICANTS = ("enterprise", "person")
CHANNELS = ("application", "interest", "catalogue")
_ITEM_KEYS = (
    "id", "article", "title", "short_title", "kind", "applicant", "recipient", "eligible", "benefit", "until", "lead",
    "support", "departments_cite", "contact", "process", "materials", "same_kind_group", "channel", "automatic",
    "reading", "readings",
)  # fmt: skip
_NODE_KEYS = ("id", "name", "test", "all", "any", "not", "cite", "reading", "readings", "hint")


@dataclass
class Surroundings:
    """What an item needs to know of its pack."""

    pack_id: str
    version: str
    digest: str
    document_number: str
    processes: dict[str, Value] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    common_readings: tuple[str, ...] = ()
    exclusions: tuple[Node, ...] = ()


@dataclass(frozen=True)
class _Inherited:
    """Source that a group hands down to its parts."""

    cite: Cite | None = None
    readings: tuple[str, ...] = ()


class ItemReader:
    """Reads one item after the other."""

    def __init__(self, fields: Fields, around: Surroundings) -> None:
        self.fields = fields
        self.around = around
        self._ids: dict[str, Value] = {}

    def read(self, value: Value) -> Item | None:
        """One item, ``None`` when too much is missing to go on."""
        fields = self.fields
        pairs = fields.mapping(value, _ITEM_KEYS, "事项")
        if not pairs:
            return None
        item_id = fields.identifier(value, pairs.get("id"), "事项", self._ids)
        article = fields.need_text(value, pairs, "article", "事项")
        applicant = fields.choice(pairs.get("applicant"), APPLICANTS, "enterprise")
        until, until_cite, until_readings = self._until(value, pairs, article)
        lead = fields.need_text(value, pairs, "lead", "事项")
        support = tuple(fields.text(part) for part in fields.entries(pairs.get("support"), "support"))
        eligible = self._eligible(value, pairs, article, applicant)
        benefit = self._benefit(value, pairs, article)
        automatic = fields.flag(pairs.get("automatic"), False)
        if automatic and not benefit.fixed:
            fields.error(pairs["automatic"], "免申即享要求金额固定", "删去 automatic，或写 amount")
        if eligible is None or until is None:
            return None
        own = fields.reading_ids(pairs.get("readings") or pairs.get("reading"))
        title = fields.need_text(value, pairs, "title", "事项")
        materials, materials_status = self._materials(pairs.get("materials"))
        return Item(
            id=item_id,
            full_id=f"{self.around.pack_id}/{item_id}",
            article=article,
            title=title,
            short_title=fields.text(pairs.get("short_title"), title),
            kind=fields.choice(fields.need(value, pairs, "kind", "事项"), KINDS, "other"),
            applicant=applicant,
            eligible=eligible,
            benefit=benefit,
            until=until,
            until_cite=until_cite,
            lead=lead,
            support=support,
            lead_cite=self._departments(pairs, article, (lead, *support)),
            contact=self._contact(pairs.get("contact")),
            process=self._process(pairs.get("process"), lead, support),
            materials=materials,
            materials_status=materials_status,
            same_kind_group=fields.text(pairs.get("same_kind_group")),
            channel=fields.choice(pairs.get("channel"), CHANNELS, "application"),
            automatic=automatic,
            readings=self._all_readings((*own, *until_readings), eligible, benefit),
            pack_id=self.around.pack_id,
            pack_version=self.around.version,
            pack_digest=self.around.digest,
            document_number=self.around.document_number,
            dictionary=fields.dictionary,
            recipient=fields.text(pairs.get("recipient")),
        )

    # -- eligibility -----------------------------------------------------------------------------------------
    def _eligible(self, owner: Value, pairs: dict[str, Value], article: str, applicant: str) -> Node | None:
        value = pairs.get("eligible")
        if value is None:
            if applicant == "enterprise":
                self.fields.error(owner, "事项缺少 eligible（谁能享）", "写上 all: 和各个条件")
                return None
            return All(())
        node = self._node(value, article, _Inherited(), {}, "eligible")
        if node is None or not self.around.exclusions or applicant != "enterprise":
            return node
        return All((*parts_of(node), *self.around.exclusions))

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
        if source.cite is None and not source.readings:
            self.fields.error(value, f"条件 {clause_id} 没有出处", "写 cite: 原文，或 reading: 口径的 id")
        texts = self.fields.source_texts([source.cite], source.readings)
        test = self.fields.expression(pairs["test"], BOOL, texts)
        if test is None:
            return None
        check_test(test, pairs["test"], self.fields)
        return Clause(clause_id, test, name, source.cite, source.readings, hint)

    # -- benefit ---------------------------------------------------------------------------------------------
    def _benefit(self, owner: Value, pairs: dict[str, Value], article: str) -> Benefit:
        fields = self.fields
        value = fields.need(owner, pairs, "benefit", "事项")
        if value is None:
            return Benefit("other")
        keys = (
            "amount",
            "floor",
            "ceiling",
            "once",
            "text",
            "terms",
            "cite",
            "reading",
            "readings",
            "warnings",
        )
        inner = fields.mapping(value, keys, "待遇")
        cites = fields.cites(inner.get("cite"), article)
        readings = fields.reading_ids(inner.get("readings") or inner.get("reading"))
        if not cites and not readings:
            fields.error(value, "待遇没有出处", "写 cite: 原文，或 reading: 口径的 id")
        texts = fields.source_texts(cites, readings)

        def amount(key: str) -> Expr | None:
            return fields.expression(inner[key], YUAN, texts) if key in inner else None

        if "amount" in inner and ("floor" in inner or "ceiling" in inner):
            fields.error(
                inner["amount"],
                "amount 与 floor、ceiling 只能写一种",
                "金额固定写 amount，否则写 floor、ceiling",
            )
        fixed = amount("amount")
        return Benefit(
            kind=fields.text(pairs.get("kind"), "other"),
            floor=fixed or amount("floor"),
            ceiling=fixed or amount("ceiling"),
            once=fields.flag(inner.get("once"), False),
            text=fields.text(inner.get("text")),
            terms=tuple(self._term(entry, article) for entry in fields.entries(inner.get("terms"), "terms")),
            cites=cites,
            readings=readings,
            warnings=tuple(fields.text(entry) for entry in fields.entries(inner.get("warnings"), "warnings")),
        )

    def _term(self, value: Value, article: str) -> BenefitTerm:
        fields = self.fields
        pairs = fields.mapping(value, ("label", "value", "cite", "reading", "readings", "status"), "待遇说明")
        term = BenefitTerm(
            label=fields.need_text(value, pairs, "label", "待遇说明"),
            value=fields.text(pairs.get("value"), UNCONFIRMED),
            cite=fields.cite(pairs.get("cite"), article),
            readings=fields.reading_ids(pairs.get("readings") or pairs.get("reading")),
            status=fields.text(pairs.get("status"), "" if "value" in pairs else UNCONFIRMED),
        )
        known = set().union(
            *(figures_in(text) for text in fields.source_texts([term.cite], term.readings)), set()
        )
        if "value" in pairs and not figures_in(term.value) <= known:
            fields.error(pairs["value"], f"{term.value} 没有出处", "引用写有这个数的原文")
        return term

    # -- the rest --------------------------------------------------------------------------------------------
    def _until(
        self, owner: Value, pairs: dict[str, Value], article: str
    ) -> tuple[dt.date | None, Cite | None, tuple[str, ...]]:
        fields = self.fields
        value = fields.need(owner, pairs, "until", "事项")
        if value is None:
            return None, None, ()
        if value.kind == "scalar":
            fields.error(
                value, "有效期没有出处", "写成 until: {day: 2022-12-31, cite: 执行期限至2022年12月31日}"
            )
            return fields.day(value), None, ()
        inner = fields.mapping(value, ("day", "cite", "reading"), "有效期")
        day, cite = (
            fields.day(fields.need(value, inner, "day", "有效期")),
            fields.cite(inner.get("cite"), article),
        )
        readings = fields.reading_ids(inner.get("reading"))
        texts = fields.source_texts([cite], readings)
        if day is not None and day not in set().union(*(figures_in(text) for text in texts), set()):
            fields.error(value, f"{day} 没有出处", "引用写有这一天的原文，或写 reading")
        return day, cite, readings

    def _departments(self, pairs: dict[str, Value], article: str, names: tuple[str, ...]) -> Cite | None:
        cite = self.fields.cite(pairs.get("departments_cite"), article)
        if cite is not None:
            for name in names:
                if name and compact(name) not in compact(cite.quote):
                    self.fields.error(pairs["departments_cite"], f"引用里没有 {name}", "核对牵头和配合单位")
        return cite

    def _contact(self, value: Value | None) -> Contact | None:
        if value is None or value.is_null:
            return None
        pairs = self.fields.mapping(value, ("name", "phone", "cite"), "联系人")
        return Contact(
            name=self.fields.need_text(value, pairs, "name", "联系人"),
            phone=self.fields.need_text(value, pairs, "phone", "联系人"),
            cite=self.fields.cite(pairs.get("cite"), "附件3"),
        )

    def _process(self, value: Value | None, lead: str, support: tuple[str, ...]) -> tuple[Stage, ...]:
        if value is None or value.is_null:
            return ()
        stages_value: Value | None = value
        if value.kind == "scalar":
            stages_value = self.around.processes.get(value.text)
            if stages_value is None:
                self.fields.error(
                    value, f"没有流程 {value.text}", f"可用：{'、'.join(self.around.processes)}"
                )
        seen: dict[str, Value] = {}
        stages = [
            self._stage(entry, lead, support, seen) for entry in self.fields.entries(stages_value, "流程")
        ]
        kept = tuple(stage for stage in stages if stage is not None)
        names = {stage.id for stage in kept} | {"applicant"}
        return tuple(
            replace(stage, returns_to=tuple(t for t in stage.returns_to if t in names)) for stage in kept
        )

    def _stage(
        self, value: Value, lead: str, support: tuple[str, ...], seen: dict[str, Value]
    ) -> Stage | None:
        fields = self.fields
        keys = (
            "id", "label", "role", "department", "only_if_named", "working_days", "default_working_days", "status",
            "four_eyes", "returns_to",
        )  # fmt: skip
        pairs = fields.mapping(value, keys, "环节")
        stage_id = fields.text(pairs.get("id")).replace("_", "-")
        if stage_id in seen:
            fields.error(pairs["id"], f"环节 {stage_id} 重复", "换一个 id")
        for target in fields.entries(pairs.get("returns_to"), "returns_to"):
            if target.text != "applicant" and target.text.replace("_", "-") not in seen:
                fields.error(target, f"只能退回 applicant 或前面的环节，没有 {target.text}")
        seen[stage_id] = value
        department = fields.text(pairs.get("department"), "lead")
        if fields.flag(pairs.get("only_if_named"), False) and department not in (lead, *support):
            return None
        return Stage(
            id=fields.need_text(value, pairs, "id", "环节"),
            label=fields.need_text(value, pairs, "label", "环节"),
            role=fields.need_text(value, pairs, "role", "环节"),
            department=lead if department == "lead" else department,
            working_days=fields.whole(pairs.get("working_days")),
            default_working_days=fields.whole(pairs.get("default_working_days")),
            status=fields.text(pairs.get("status"), UNCONFIRMED),
            four_eyes=fields.flag(pairs.get("four_eyes"), False),
            returns_to=tuple(
                fields.text(part) for part in fields.entries(pairs.get("returns_to"), "returns_to")
            ),
        )

    def _materials(self, value: Value | None) -> tuple[tuple[Material, ...], str]:
        if value is None or value.is_null:
            return (), UNCONFIRMED
        fields = self.fields
        pairs = fields.mapping(value, ("status", "list"), "材料")
        found: list[Material] = []
        for entry in fields.entries(pairs.get("list"), "材料"):
            inner = fields.mapping(entry, ("id", "label", "required", "status", "description"), "材料")
            found.append(
                Material(
                    id=fields.need_text(entry, inner, "id", "材料"),
                    label=fields.need_text(entry, inner, "label", "材料"),
                    required=fields.flag(inner.get("required"), False),
                    status=fields.text(inner.get("status"), UNCONFIRMED),
                    description=fields.text(inner.get("description")),
                )
            )
        return tuple(found), fields.text(pairs.get("status"), UNCONFIRMED)

    def _all_readings(self, own: tuple[str, ...], eligible: Node, benefit: Benefit) -> tuple[str, ...]:
        found = dict.fromkeys(own)
        trees: list[Expr] = [clause.test for clause in leaves(eligible)]
        trees += [amount for amount in (benefit.floor, benefit.ceiling) if amount is not None]
        for node in nodes(eligible):
            found.update(dict.fromkeys(node.readings))
        found.update(dict.fromkeys(benefit.readings))
        for tree in trees:
            for part in walk(tree):
                if isinstance(part, (Param, DatedLookup)) and part.name in self.around.parameters:
                    found.update(dict.fromkeys(self.around.parameters[part.name].readings))
        found.update(dict.fromkeys(self.around.common_readings))
        return tuple(found)
