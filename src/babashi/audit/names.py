"""What each act of the log is called where people read it; the machine's name stays beside it and in the export.

Here and not in the parts, so that the log can be read without any of them. What happens to an application has the
words of its own history (``applications.flow.EventKind``), what happens to money those of the ledger.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts.registered": "注册账号",
        "accounts.appointed": "任命岗位",
        "accounts.dismissed": "免去岗位",
        "accounts.password_changed": "修改密码",
        "accounts.password_replaced": "重设他人密码",
        "accounts.password_reset": "用邮件重设密码",
        "accounts.reset_asked": "申请重设密码",
        "accounts.address_asked": "申请绑定邮箱",
        "accounts.address_confirmed": "确认绑定邮箱",
        "accounts.address_removed": "解除绑定邮箱",
        "accounts.department_made": "新增单位",
        "enterprises.import_staged": "上传登记数据待导入",
        "enterprises.import_discarded": "放弃导入登记数据",
        "enterprises.imported": "导入登记数据",
        "enterprises.facts_declared": "企业填报指标",
        "enterprises.rows_declared": "企业填报明细",
        "enterprises.rows_retracted": "企业撤回明细",
        "enterprises.fact_recorded": "部门核定指标",
        "enterprises.fact_filled": "部门批量填写指标",
        "enterprises.bank_account_set": "登记收款账户",
        "enterprises.claim_started": "申请认领企业",
        "enterprises.claim_code_sent": "发送认领验证码",
        "enterprises.claim_code_refused": "认领验证码不对",
        "enterprises.claim_approved": "认领通过",
        "enterprises.claim_refused": "认领未通过",
        "enterprises.claim_withdrawn": "撤回认领",
        "enterprises.clerk_invited": "邀请经办人",
        "enterprises.invitation_declined": "谢绝邀请",
        "enterprises.invitation_cancelled": "取消邀请",
        "enterprises.member_added": "加入企业人员",
        "enterprises.member_ended": "移除企业人员",
        "files.uploaded": "上传文件",
        "catalogue.draft_submitted": "提交政策包草稿",
        "catalogue.draft_refused": "退回政策包草稿",
        "catalogue.published": "发布政策包",
        "catalogue.enabled": "启用政策包",
        "catalogue.disabled": "停用政策包",
        "matching.requested": "要求重新匹配",
        "matching.matched": "完成匹配",
        "outreach.retried": "重新发送消息",
        "outreach.opted_out": "退订消息",
        "outreach.opted_in": "恢复订阅消息",
        "budget.appropriated": "预算安排",
        "budget.reduced": "预算调减",
        "budget.reserved": "占用",
        "budget.released": "释放",
        "budget.paid": "支付",
        "budget.reversed": "退回冲销",
        "applications.draft_started": "开始填报",
        "applications.draft_moved_on": "草稿转到新版本政策",
        "applications.attached": "上传申报材料",
        "applications.detached": "移除申报材料",
        "applications.submitted": "提交申报",
        "applications.confirmed": "确认免申即享",
        "applications.review_opened": "进入审核环节",
        "applications.stage_passed": "环节通过",
        "applications.facts_corrected": "核定数据",
        "applications.returned": "退回补正",
        "applications.correction_cancelled": "撤销补正要求",
        "applications.correction_lapsed": "逾期未补正，办结",
        "applications.corrected": "提交补正",
        "applications.sent_back": "退回上一环节",
        "applications.published": "开始公示",
        "applications.objection_received": "收到异议",
        "applications.objection_dismissed": "异议不成立",
        "applications.objection_upheld": "异议成立",
        "applications.publicity_ended": "公示结束",
        "applications.approval_opened": "进入审定",
        "applications.approved": "审定通过",
        "applications.queued": "审定通过，等待资金额度",
        "applications.funds_reserved": "资金额度已落实",
        "applications.payment_ordered": "转入拨付",
        "applications.payment_batched": "编入拨付批次",
        "applications.payment_unbatched": "移出拨付批次",
        "applications.payment_exported": "送国库拨付",
        "applications.payment_returned": "银行退回",
        "applications.payment_reordered": "更正账户后重新拨付",
        "applications.paid": "资金到账",
        "applications.payment_reversed": "到账后被冲销",
        "applications.receipt_confirmed": "企业确认收款",
        "applications.receipt_disputed": "企业反映未收到",
        "applications.rated": "企业评价",
        "applications.refused": "决定不予支持",
        "applications.withdrawn": "申请人撤回",
        "applications.interest_expressed": "登记参加意向",
        "applications.interest_answered": "答复参加意向",
        "applications.job_failed": "自动办理出错",
        "reviews.claimed": "领取待办",
        "reviews.released": "退回待办",
        "reviews.assigned": "改派待办",
        "publicity.objection_decided": "处理异议",
        "payments.batched": "组批",
        "payments.dissolved": "解散拨付批次",
        "payments.exported": "导出拨付文件",
        "payments.answers_imported": "导入银行回单",
        "payments.answer_settled": "核销存疑回单",
        "feedback.receipt_answered": "答复未收到款",
        "feedback.rating_answered": "答复评价",
        "feedback.complained": "反映问题",
        "feedback.complaint_answered": "答复反映的问题",
        "site.demo_people_made": "建立演示账号",
    }
)


SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "application": "申报",
        "appropriation": "预算事项",
        "bank_account": "收款账户",
        "claim": "企业认领",
        "delivery": "消息投递",
        "department": "单位",
        "demo": "演示环境",
        "enterprise": "企业",
        "fact": "指标",
        "file": "文件",
        "import": "登记数据",
        "interest": "参加意向",
        "match_run": "匹配批次",
        "member": "企业人员",
        "objection": "公示异议",
        "pack": "政策包",
        "payment": "兑付",
        "register": "登记库",
        "staged_import": "待导入数据",
        "user": "账号",
    }
)
"""What an act was done to. Batches and answers of the bank are noted as money, like the payments in them."""


def kind_of(subject_type: str) -> str:
    """What the subject of an act is called; one that an older version wrote keeps the machine's word."""
    return SUBJECTS.get(subject_type, subject_type)


def name_of(action: str) -> str:
    """The name of an act; one that an older version wrote keeps the machine's."""
    return ACTS.get(action, action)


def acts_called(text: str) -> list[str]:
    """The acts whose names contain a text, for searching."""
    return [act for act, name in ACTS.items() if text in name]
