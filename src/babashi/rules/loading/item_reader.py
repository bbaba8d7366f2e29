"""Reading the items of a pack, one after the other."""

from __future__ import annotations

import datetime as dt

from babashi.rules.figures import compact, figures_in
from babashi.rules.loading.benefit_reader import BenefitReader
from babashi.rules.loading.eligibility_reader import EligibilityReader
from babashi.rules.loading.fields import Fields
from babashi.rules.loading.process_reader import ProcessReader
from babashi.rules.loading.surroundings import Surroundings
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import UNCONFIRMED, Benefit, Cite, Contact, Item, Material, Node, leaves, nodes
from babashi.rules.rounds import ROUND_ID, Round
from babashi.rules.tree import DatedLookup, Expr, Param, walk

KINDS = {
    "reward": "奖励", "subsidy": "补助", "interest_subsidy": "贴息", "voucher": "消费券", "insurance": "保险",
    "training": "培训", "other": "其他",
}  # fmt: skip
APPLICANTS = {"enterprise": "企业", "person": "个人"}
CHANNELS = {"application": "在线申报", "interest": "登记意向", "catalogue": "只展示"}
_ITEM_KEYS = (
    "id", "article", "title", "short_title", "kind", "applicant", "recipient", "eligible", "benefit", "until", "lead",
    "support", "departments_cite", "contact", "process", "materials", "same_kind_group", "channel", "automatic",
    "reading", "readings", "round",
)  # fmt: skip
_ROUND_KEYS = ("id", "name", "again", "from", "cite", "reading")
LONGEST_NAME = 20
"""Characters of a round's name: it stands behind the item's in every list."""


class ItemReader:
    """Reads one item after the other."""

    def __init__(self, fields: Fields, around: Surroundings) -> None:
        self.fields = fields
        self.around = around
        self._eligibility = EligibilityReader(fields, around.exclusions)
        self._benefits = BenefitReader(fields)
        self._processes = ProcessReader(fields, around.processes)
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
        of_round = self._round(pairs, article, until)
        lead, support, lead_cite = self._departments(value, pairs, article)
        eligible = self._eligibility.read(value, pairs, article, applicant)
        benefit = self._benefits.read(value, pairs, article)
        own = fields.reading_ids(pairs.get("readings") or pairs.get("reading"))
        own += until_readings + (of_round.readings if of_round is not None else ())
        title = fields.need_text(value, pairs, "title", "事项")
        materials, materials_status = self._materials(pairs.get("materials"))
        kind = fields.choice(fields.need(value, pairs, "kind", "事项"), KINDS, "other")
        contact = self._contact(pairs.get("contact"))
        process = self._processes.read(pairs.get("process"), lead, support)
        channel = fields.choice(pairs.get("channel"), CHANNELS, "application")
        automatic = self._automatic(pairs, benefit)
        if eligible is None or until is None:
            return None
        return Item(
            id=item_id,
            full_id=f"{self.around.pack_id}/{item_id}",
            article=article,
            title=title,
            short_title=fields.text(pairs.get("short_title"), title),
            kind=kind,
            applicant=applicant,
            eligible=eligible,
            benefit=benefit,
            until=until,
            until_cite=until_cite,
            lead=lead,
            support=support,
            lead_cite=lead_cite,
            contact=contact,
            process=process,
            materials=materials,
            materials_status=materials_status,
            same_kind_group=fields.text(pairs.get("same_kind_group")),
            channel=channel,
            automatic=automatic,
            readings=self._all_readings(own, eligible, benefit),
            pack_id=self.around.pack_id,
            pack_version=self.around.version,
            pack_digest=self.around.digest,
            document_number=self.around.document.number,
            dictionary=fields.dictionary,
            recipient=fields.text(pairs.get("recipient")),
            round=of_round,
        )

    def _automatic(self, pairs: dict[str, Value], benefit: Benefit) -> bool:
        automatic = self.fields.flag(pairs.get("automatic"), False)
        if automatic and not benefit.fixed:
            self.fields.error(pairs["automatic"], "免申即享要求金额固定", "删去 automatic，或写 amount")
        return automatic

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

    def _round(self, pairs: dict[str, Value], article: str, until: dt.date | None) -> Round | None:
        """The round this version is open for; its source has to say that there are rounds, and its first day."""
        fields, value = self.fields, pairs.get("round")
        if value is None or value.is_null:
            return None
        inner = fields.mapping(value, _ROUND_KEYS, "申报批次")
        if not inner:
            return None
        number = fields.need(value, inner, "id", "申报批次")
        name = fields.need(value, inner, "name", "申报批次")
        if number is not None and not ROUND_ID.fullmatch(fields.text(number)):
            fields.error(
                number, f"批次的 id 写法不对：{fields.text(number)}", "写年份，或年份-第几批：2023、2023-1"
            )
        if name is not None and len(fields.text(name)) > LONGEST_NAME:
            fields.error(name, f"批次的名称太长，最多 {LONGEST_NAME} 个字", "如 2023年第一批")
        again = fields.need(
            value, inner, "again", "申报批次", "各批都可以申报的写 again: true；各批合计只享受一次的写 false"
        )
        opens, cite = fields.day(inner.get("from")), fields.cite(inner.get("cite"), article)
        readings = fields.reading_ids(inner.get("reading"))
        self._check_round(value, opens, until, fields.source_texts([cite], readings))
        return Round(fields.text(number), fields.text(name), fields.flag(again, False), opens, cite, readings)

    def _check_round(
        self, value: Value, opens: dt.date | None, until: dt.date | None, sources: list[str]
    ) -> None:
        fields = self.fields
        if not sources:
            fields.error(value, "申报批次没有出处", "写 cite 或 reading")
        elif opens is not None and opens not in set().union(*(figures_in(text) for text in sources)):
            fields.error(value, f"{opens} 没有出处", "引用写有这一天的原文，或写 reading")
        if opens is not None and until is not None and opens > until:
            fields.error(value.pairs["from"], f"第一天 {opens} 在最后一天 {until} 以后", "核对 from 和 until")

    def _departments(
        self, owner: Value, pairs: dict[str, Value], article: str
    ) -> tuple[str, tuple[str, ...], Cite | None]:
        fields = self.fields
        lead = fields.need_text(owner, pairs, "lead", "事项")
        support = tuple(fields.text(part) for part in fields.entries(pairs.get("support"), "support"))
        cite = fields.cite(pairs.get("departments_cite"), article)
        for name in (lead, *support) if cite is not None else ():
            if name and cite is not None and compact(name) not in compact(cite.quote):
                fields.error(pairs["departments_cite"], f"引用里没有 {name}", "核对牵头和配合单位")
        return lead, support, cite

    def _contact(self, value: Value | None) -> Contact | None:
        if value is None or value.is_null:
            return None
        pairs = self.fields.mapping(value, ("name", "phone", "cite"), "联系人")
        return Contact(
            name=self.fields.need_text(value, pairs, "name", "联系人"),
            phone=self.fields.need_text(value, pairs, "phone", "联系人"),
            cite=self.fields.cite(pairs.get("cite"), "附件3"),
        )

    def _materials(self, value: Value | None) -> tuple[tuple[Material, ...], str]:
        if value is None or value.is_null:
            return (), UNCONFIRMED
        fields = self.fields
        pairs = fields.mapping(value, ("status", "list"), "材料")
        found: list[Material] = []
        seen: dict[str, Value] = {}
        for entry in fields.entries(pairs.get("list"), "材料"):
            inner = fields.mapping(entry, ("id", "label", "required", "status", "description"), "材料")
            material_id = fields.need_text(entry, inner, "id", "材料")
            if material_id and material_id in seen:
                line = seen[material_id].line
                fields.error(inner["id"], f"材料 {material_id} 重复（第 {line} 行已有）", "换一个 id")
            seen[material_id] = inner.get("id", entry)
            found.append(
                Material(
                    id=material_id,
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
