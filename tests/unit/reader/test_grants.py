"""What is a measure: a benefit to a beneficiary, and not procedure, conditions, purposes or money taken back."""

import pytest

from babashi.reader import read_text

FIRST = "一、民宿奖励。对新评定的金牌民宿给予8万元奖励。\n"


@pytest.mark.parametrize(
    "item",
    [
        "二、退出。民宿五年内迁出本县的，应全额退还已按本办法给予的奖励。",
        "二、转让。五年内不得转让，违反的应当退还已获得的补助。",
        "二、享受扶持政策的条件。单个民宿投资一般不低于80万元。",
        "二、限制。不对擅自扩建的民宿给予奖励。",
        "二、分配。两人共同经营的，奖励资金由经营者自行协商分配。",
        "二、活动目的。通过发放消费券，进一步激发旅游消费。",
        "二、消费券审核。由县文旅局对发放的消费券按月审核。",
        "二、预拨补贴资金。县财政向各镇预拨70%补贴资金，按季度给予补贴。",
        "二、贴息资金结算。银行按季度汇总享受贴息的贷款。",
        "二、经办银行范围。给予贴息的贷款由下列银行发放。",
        "二、贴息流程。银行收到贴息资金后在收息时扣除，给予经营者贴息。",
        "二、上年没有享受过民宿奖励的个体户。",
        "二、农机创新产品资金分配与使用。按不超过全县资金总规模的12%安排。",
        "二、分担。补贴资金由县、镇两级财政按6:4共担。",
    ],
)
def test_no_measure(item: str) -> None:
    assert [m.ordinal for m in read_text(FIRST + item).measures] == ["一、"]


@pytest.mark.parametrize(
    "item",
    [
        "二、开通员工专列。由政府统一组织专列，车票费用由政府全额负责。",
        "二、失业待遇。非因本人意愿中断就业的，可以申领失业保险金。",
        "二、创业扶持。为返乡青年提供包括场地补贴、培训补贴在内的系列扶持。",
        "二、盘活厂房。利用原有厂房扩建的，不再增收土地价款。",
        "二、科研平台。县财政对新认定的重点实验室给予支持。",
        "二、工伤保险。继续执行阶段性降低工伤保险费率政策。",
        "二、放宽贷款条件。新市民购房可按规定申请公积金贷款优惠，首付比例下调为20%，给予契税补贴。",
    ],
)
def test_measure_without_a_sum(item: str) -> None:
    assert [m.ordinal for m in read_text(FIRST + item).measures] == ["一、", "二、"]
