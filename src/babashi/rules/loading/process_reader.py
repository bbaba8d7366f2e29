"""Reading the stages of the review."""

from __future__ import annotations

from dataclasses import replace

from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import UNCONFIRMED, Stage

_STAGE_KEYS = (
    "id", "label", "role", "department", "only_if_named", "working_days", "default_working_days", "status",
    "four_eyes", "returns_to",
)  # fmt: skip


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
