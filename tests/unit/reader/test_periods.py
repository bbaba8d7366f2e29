"""Until when a notice or a measure holds, said in free words, without a year, or as a window that is still to come."""

import pytest

from babashi.reader import read_text

HEAD = "石桥县若干措施\n石政办〔2031〕7号\n各乡镇人民政府：\n现将措施印发给你们。\n石桥县人民政府办公室\n2031年4月20日\n"


@pytest.mark.parametrize(
    ("closing", "until"),
    [
        (
            "上述措施所需资金控制在2000万元以内。措施从2031年3月1日起施行，截至2031年12月31日。",
            "2031-12-31",
        ),
        ("文件自5月1日起施行，有具体期限的从其规定，没有的执行到2031年12月31日。", "2031-12-31"),
        ("凡未规定截止日期的条款，均实施至2032年12月31日。", "2032-12-31"),
        ("问：这些优惠要实行多久？\n答：从7月1日开始，到2031年10月31日结束。", "2031-10-31"),
        ("问：办法何时到期？\n答：2033年12月31日到期，之后视情况修订。", "2033-12-31"),
        ("所需费用按原渠道列支，具体起算时间为2031年6月1日。", None),
        ("各级要加快实施，到2033年12月底，全县建成充电桩500个。", None),
    ],
)
def test_closing_words_in_free_form(closing: str, until: str | None) -> None:
    items = "一、开店补贴。对新开门店的，给予1万元补贴。\n二、用工补贴。每招用1人，给予500元补贴。\n"
    if closing.startswith("问"):
        items = (
            "问：开店补多少？\n答：新开门店的，给予1万元补贴。\n问：招工补多少？\n答：每招用1人，补500元。\n"
        )
    found = read_text(f"{HEAD}{items}{closing}\n").validity.valid_until
    assert (str(found) if found else None) == until


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("个人消费者6月1日至9月30日期间购买新车的，每台补贴3000元。", "2031-09-30"),
        ("2031年5月1日至10月31日，在城区购买新建住房的，按房款的1%给予补助。", "2031-10-31"),
        ("用气价格下浮10%至2031年8月31日，并给予每户200元补贴。", "2031-08-31"),
        ("2031年底前，对镇担保公司新开展的业务，补偿比例由20%提高至35%。", "2031-12-31"),
        ("2031年6月30日前，鼓励担保公司免收担保费，给予1%的担保费补贴。", "2031-06-30"),
        ("2031年6月30日前个人消费者报废旧车并购买新车的，给予每辆8000元补贴。", "2031-06-30"),
        ("2031年12月31日前，国有景区对医务人员免首道门票，每张补助10元。", "2031-12-31"),
        ("2031年底前，完成厂房改造，给予企业20万元补助。", None),
        ("2031年底前建成的冷库，给予20万元补助。", None),
        ("对2031年4月1日至9月30日期间在镇内车行购买新车的个人消费者，每辆补贴3000元。", "2031-09-30"),
        ("按照2031年4月1日至9月30日期间新增设备投资额的20%给予补贴。", None),
        ("发放餐饮券，满100元减20元，9月30日24时失效。", "2031-09-30"),
        ("对2030年1月1日至2030年12月31日期间认定的企业，奖励10万元。", None),
        ("注册登记日期均应在2031年1月1日至2031年12月31日之间取得，每辆补贴3000元。", None),
        ("免除2031年4月1日至6月30日期间的租金，并给予每户500元补贴。", None),
    ],
)
def test_window_of_a_measure(words: str, until: str | None) -> None:
    notice = read_text(f"{HEAD}一、促进消费\n1.惠民举措。{words}\n2.用工补贴。每招用1人，给予500元补贴。\n")
    found = notice.measures[0].validity.valid_until
    assert (str(found) if found else None) == until


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("（责任单位：县工信局，各镇、街道、开发区）", ["县工信局", "各镇、街道、开发区"]),
        ("由县人社局负责兑现。", ["县人社局"]),
        ("由县农业农村局牵头抓好落实。", ["县农业农村局"]),
    ],
)
def test_who_sees_to_it(words: str, names: list[str]) -> None:
    notice = read_text(f"1.开店补贴。对新开门店的，给予1万元补贴。{words}\n2.用工补贴。每人给予500元补贴。\n")
    assert [w.text for w in notice.measures[0].lead_departments] == names


@pytest.mark.parametrize("number", ["石政〔2031〕综字第7号", "石财企〔2031〕综9号", "石发改规〔2031〕字2号"])
def test_number_with_a_sign_of_the_register(number: str) -> None:
    text = f"石桥县人民政府关于支持民宿发展的意见\n{number}\n一、改造补助。给予5万元补助。\n"
    words = read_text(text).document_number
    assert words is not None
    assert words.text == number


@pytest.mark.parametrize(
    ("item", "heading"),
    [
        ("以商引商，引进农业项目的，按到位资金的2‰给予奖励。", "以商引商"),
        ("4月至6月，对小微企业给予每户300元补贴。", "4月至6月"),
        ("县财政安排90万元，对养殖场改造给予补助，每场3万元。", "县财政安排90万元，对养殖场改造给予补助"),
    ],
)
def test_opening_clause(item: str, heading: str) -> None:
    measures = read_text(f"1.{item}\n2.用工补贴。每人给予500元补贴。\n").measures
    assert measures[0].heading.text == heading


@pytest.mark.parametrize(
    ("first", "own"),
    [
        ("鼓励银行对小店让利。上述措施中，票据优惠长期执行，其余措施执行期限至2031年12月31日。", ""),
        ("鼓励银行对小店让利。以上优惠自2031年5月1日起实施，有效期至2031年12月31日。", ""),
        ("对小店给予1万元补贴。上述政策执行至2031年12月31日。", "2031-12-31"),
        ("旅行社可暂缓交纳质量保证金。补足保证金期限延长至2031年12月31日。", ""),
        ("对小店发放3个月贴息贷款。还款日期延至2031年12月31日。", ""),
        ("对购置日期在2031年5月1日至2031年12月31日期间内，符合条件的农机，免收牌证费。", "2031-12-31"),
    ],
)
def test_a_day_of_one_item_is_not_that_of_the_others(first: str, own: str) -> None:
    notice = read_text(
        f"{HEAD}一、让利惠民。{first}\n二、用工补贴。每招用1人，给予500元补贴。\n三、免费培训。对店主免费培训。\n"
    )
    days = {
        m.ordinal: str(m.validity.valid_until or notice.validity.valid_until or "") for m in notice.measures
    }
    assert (days.get("一、", own), days["二、"], days["三、"]) == (own, "", "")
