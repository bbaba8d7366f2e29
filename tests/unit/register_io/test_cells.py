"""Each type of column: what is read, what is refused, and with which words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.unit.register_io.helpers import A

from babashi.register_io.cells import CellError, CellNote, format_value, reader_of
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.values import NEVER


def column(dictionary: FactDictionary, ref: str) -> FactSpec:
    table, _dot, name = ref.rpartition(".")
    if table in dictionary.parameter_tables:
        return dictionary.parameter_tables[table].columns[name]
    found = dictionary.spec(ref)
    assert found is not None
    return found


GOOD = [
    ("uscc", A, A),
    ("name", "重庆 某某 有限公司", "重庆 某某 有限公司"),
    ("kind", "个体工商户", "个体工商户"),
    ("kind", "个体 工商户", "个体工商户"),
    ("district", "500113", "500113"),
    ("district", "５００１１３", "500113"),
    ("district", "500113.0", "500113"),
    ("industry_code", "3670.0", "3670"),
    ("rd_intensity_average.division", "36.0", "36"),
    ("strategic_emerging", "1.0", True),
    ("strategic_emerging", "0.0", False),
    ("industry_code", "06", "06"),
    ("industry_code", "3670", "3670"),
    ("established_on", "2020-02-29", dt.date(2020, 2, 29)),
    ("employees_2021", "0", 0),
    ("employees_2021", "1,200", 1200),
    ("employees_2021", "120.0", 120),
    ("employees_2021", "120人", 120),
    ("operating_revenue_2021", "0", Decimal("0.00")),
    ("operating_revenue_2021", "1,234,567.5", Decimal("1234567.50")),
    ("operating_revenue_2021", "1，234，567", Decimal("1234567.00")),
    ("operating_revenue_2021", "２００００元", Decimal("20000.00")),
    ("operating_revenue_2021", "¥1,000.00", Decimal("1000.00")),
    ("operating_revenue_2021", "￥ 5", Decimal("5.00")),
    ("operating_revenue_2021", "0.10000", Decimal("0.10")),
    ("operating_revenue_2021", "9999999999999.99", Decimal("9999999999999.99")),
    ("first_above_scale_year", "无", NEVER),
    ("first_above_scale_year", "2021", 2021),
    ("first_above_scale_year", "2021年", 2021),
    ("first_above_scale_year", "2021.0", 2021),
    ("strategic_emerging", "是", True),
    ("strategic_emerging", "TRUE", True),
    ("strategic_emerging", "１", True),
    ("strategic_emerging", "否", False),
    ("strategic_emerging", "false", False),
    ("strategic_emerging", "0", False),
    ("food_activities", "生产|餐饮", frozenset({"生产", "餐饮"})),
    ("food_activities", "生产 ｜ 生产", frozenset({"生产"})),
    ("food_activities", "无", frozenset()),
    ("loans.annual_rate", "0.0435", Decimal("0.0435")),
    ("rd_intensity_average.average", "0.02500", Decimal("0.025")),
    ("rd_intensity_average.average", "0", Decimal("0")),
    ("rd_intensity_average.average", "2.5%", Decimal("0.025")),
    ("rd_intensity_average.average", "100 %", Decimal("1")),
    ("loans.annual_rate", "４.35％", Decimal("0.0435")),
    ("rd_intensity_average.average", "1", Decimal("1")),
    ("rd_intensity_average.division", "06", "06"),
    ("rd_intensity_average.year", "2021", 2021),
]


@pytest.mark.parametrize(("ref", "text", "value"), GOOD)
def test_good_cells(dictionary: FactDictionary, ref: str, text: str, value: object) -> None:
    read = reader_of(column(dictionary, ref))(text)
    assert read == value
    assert type(read) is type(value)


BAD = [
    ("uscc", "91500113MA5U00001", "应为 18 位，现为 17 位"),
    ("uscc", "91500113MA5UO00010", "不允许的字符"),
    ("uscc", "9.15001E+17", "不完整"),
    ("name", "甲" * 501, "太长"),
    ("name", "甲\x07乙", "控制字符"),
    ("name", "甲\n" + "乙" * 500, "太长"),
    ("name", "甲�乙", "乱码"),
    ("contact_name", "9.15001E+17", "科学计数法"),
    ("kind", "公司", "不是主体类型的代码"),
    ("district", "50011", "格式不对"),
    ("industry_code", "6", "2 至 4 位"),
    ("industry_code", "6.0", "2 至 4 位"),
    ("industry_code", "36.5", "2 至 4 位"),
    ("district", ".0", "格式不对"),
    ("strategic_emerging", "是.0", "应为是或否"),
    ("industry_code", "C3670", "2 至 4 位"),
    ("industry_code", "36700", "2 至 4 位"),
    ("established_on", "2021-02-29", "没有这一天"),
    ("established_on", "1/3/2022", "不是日期"),
    ("established_on", "44621", "这里是一个数字"),
    ("established_on", "2022-03-01 08:30:00", "不是日期"),
    ("established_on", "1022-03-01", "年份"),
    ("employees_2021", "12.5", "整数"),
    ("employees_2021", "-3", "负数"),
    ("employees_2021", "100000000", "不合理"),
    ("operating_revenue_2021", "-0.01", "负数"),
    ("operating_revenue_2021", "NaN", "不是数字"),
    ("operating_revenue_2021", "Infinity", "不是数字"),
    ("operating_revenue_2021", "1.2E+08", "科学计数法"),
    ("operating_revenue_2021", "1e5", "科学计数法"),
    ("operating_revenue_2021", "20万元", "不是数字"),
    ("operating_revenue_2021", "$20", "不是数字"),
    ("operating_revenue_2021", "12,34", "不是数字"),
    ("operating_revenue_2021", "1_000", "不是数字"),
    ("operating_revenue_2021", "0x10", "不是数字"),
    ("operating_revenue_2021", "٣٤", "不是数字"),
    ("operating_revenue_2021", "-", "不是数字"),
    ("operating_revenue_2021", "1.234", "超过两位"),
    ("operating_revenue_2021", "10000000000000", "不合理"),
    ("operating_revenue_2021", "9" * 10_000, "太长"),
    ("first_above_scale_year", "21", "不是年份"),
    ("first_above_scale_year", "0021", "年份不在"),
    ("rd_intensity_average.year", "无", "不是年份"),
    ("strategic_emerging", "有", "应为是或否"),
    ("strategic_emerging", "2", "应为是或否"),
    ("food_activities", "生产|无", "不能与其他值同时"),
    ("food_activities", "生产、销售", "不认识的值“生产、销售”"),
    ("food_activities", "生产||销售", "竖线之间没有内容"),
    ("rd_intensity_average.average", "250%", "0 到 1"),
    ("rd_intensity_average.average", "25‰", "不是数字"),
    ("rd_intensity_average.average", "-1%", "负数"),
    ("rd_intensity_average.average", "%", "不是数字"),
    ("rd_intensity_average.average", "2.5", "0 到 1"),
    ("rd_intensity_average.average", "-0.01", "负数"),
    ("rd_intensity_average.average", "0.0000000000000001", "小数位数"),
    ("rd_intensity_average.division", "6", "两位数字"),
]


@pytest.mark.parametrize(("ref", "text", "reason"), BAD)
def test_bad_cells_say_why_and_what_to_write(
    dictionary: FactDictionary, ref: str, text: str, reason: str
) -> None:
    with pytest.raises(CellError) as caught:
        reader_of(column(dictionary, ref))(text)
    assert reason in caught.value.reason
    assert caught.value.advice


NOTED = [
    ("uscc", "91500113MA5U000011", "91500113MA5U000011", "校验位"),
    ("uscc", A.lower(), A, "按"),
    ("uscc", f"{A[:8]} {A[8:]}", A, "按"),
    ("industry_code", "9800", "9800", "不在"),
    ("rd_intensity_average.division", "00", "00", "不在"),
    ("established_on", "2022/3/1", dt.date(2022, 3, 1), "已按年、月、日"),
    ("established_on", "2022年3月1日", dt.date(2022, 3, 1), "已按年、月、日"),
    ("established_on", "20220301", dt.date(2022, 3, 1), "已按年、月、日"),
    ("established_on", "2022-03-01 00:00:00", dt.date(2022, 3, 1), "已按年、月、日"),
    ("loans.annual_rate", "4.35", None, "百分号"),
    ("name", "甲\ue000", "甲\ue000", "造字"),
    ("name", "甲 \r\n 乙", "甲 乙", "换行"),
    ("industry_code", "610", "610", "大类 61"),
]


@pytest.mark.parametrize(("ref", "text", "value", "reason"), NOTED)
def test_cells_that_are_read_with_a_note(
    dictionary: FactDictionary, ref: str, text: str, value: object, reason: str
) -> None:
    with pytest.raises(CellNote) as caught:
        reader_of(column(dictionary, ref))(text)
    assert caught.value.value == value
    assert reason in caught.value.reason


def test_refused_code_lists_what_is_allowed(dictionary: FactDictionary) -> None:
    with pytest.raises(CellError) as caught:
        reader_of(column(dictionary, "loans.purpose"))("流动资金贷款")
    assert "流动资金、固定资产、其他" in caught.value.advice


@pytest.mark.parametrize(("ref", "text", "value"), GOOD)
def test_written_values_read_back_the_same(
    dictionary: FactDictionary, ref: str, text: str, value: object
) -> None:
    spec = column(dictionary, ref)
    written = format_value(reader_of(spec)(text), spec)
    assert reader_of(spec)(written) == value


def test_unknown_is_the_empty_text(dictionary: FactDictionary) -> None:
    assert format_value(None, column(dictionary, "food_activities")) == ""
    assert format_value(frozenset(), column(dictionary, "food_activities")) == "无"
