"""Reading the stages of the review."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import UNCONFIRMED, Stage

_STAGE_KEYS = (
    "id", "label", "role", "department", "only_if_named", "working_days", "default_working_days", "status",
    "four_eyes", "returns_to",
)  # fmt: skip

ROLES: Final = {
    "acceptor": "受理", "first_reviewer": "初审", "second_reviewer": "复审", "finance": "财政",
    "publicity": "公示", "approver": "审定",
}  # fmt: skip


class ProcessReader:
    """Reads ``process``: a list of stages, or the name of one of the pack's ``processes``."""

    def __init__(self, fields: Fields, processes: dict[str, Value]) -> None:
        self.fields = fields
        self.processes = processes

    def read(self, value: Value | None, lead: str, support: tuple[str, ...]) -> tuple[Stage, ...]:
        """The stages of an item; those of a department that it does not name are left out where that is said."""
        if value is None or value.is_null:
            return ()
        stages_value: Value | None = value
        if value.kind == "scalar":
            stages_value = self.processes.get(value.text)
            if stages_value is None:
                self.fields.error(value, f"没有流程 {value.text}", f"可用：{'、'.join(self.processes)}")
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
        pairs = fields.mapping(value, _STAGE_KEYS, "环节")
        stage_id = fields.text(pairs.get("id")).replace("_", "-")
        if stage_id and stage_id in seen:
            fields.error(pairs["id"], f"环节 {stage_id} 重复（第 {seen[stage_id].line} 行已有）", "换一个 id")
        returns_to = self._returns_to(pairs.get("returns_to"), seen)
        if stage_id:
            seen[stage_id] = value
        department = fields.text(pairs.get("department"), "lead")
        if fields.flag(pairs.get("only_if_named"), False) and department not in (lead, *support):
            return None
        return Stage(
            id=fields.need_text(value, pairs, "id", "环节"),
            label=fields.need_text(value, pairs, "label", "环节"),
            role=fields.choice(fields.need(value, pairs, "role", "环节"), ROLES, ""),
            department=lead if department == "lead" else department,
            working_days=fields.whole(pairs.get("working_days")),
            default_working_days=fields.whole(pairs.get("default_working_days")),
            status=fields.text(pairs.get("status"), UNCONFIRMED),
            four_eyes=fields.flag(pairs.get("four_eyes"), False),
            returns_to=returns_to,
        )

    def _returns_to(self, value: Value | None, seen: dict[str, Value]) -> tuple[str, ...]:
        targets = self.fields.entries(value, "returns_to")
        for target in targets:
            if target.text != "applicant" and target.text.replace("_", "-") not in seen:
                known = "、".join(["applicant", *seen])
                message = f"只能退回 applicant（申请人）或前面的环节，没有 {target.text or '这一项'}"
                self.fields.error(target, message, f"可用：{known}")
        return tuple(target.text for target in targets)
