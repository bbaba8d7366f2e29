"""What the style-guide page shows: one example of every component, with made-up content (合成数据)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest


class ExampleForm(forms.Form):
    """Every kind of field; sent empty, it shows every error."""

    account_name = forms.CharField(label="开户名称", help_text="须与营业执照上的名称一致。")
    amount = forms.DecimalField(
        label="设备投入（元）", max_digits=14, decimal_places=2, help_text="不含税，精确到分。"
    )
    level = forms.ChoiceField(
        label="认定级别", choices=[("", "请选择"), ("n", "国家级"), ("c", "市级"), ("d", "区级")]
    )
    completed_on = forms.DateField(label="完成日期", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label="改造类型",
        choices=[("g", "绿色化改造"), ("e", "节能降碳"), ("w", "水效提升")],
        widget=forms.RadioSelect,
    )
    memo = forms.CharField(label="补充说明", required=False, widget=forms.Textarea)
    proof = forms.FileField(label="证明材料", help_text="PDF、图片或 Office 文件，每个不超过 20 MB。")
    consent = forms.BooleanField(label="我确认以上内容真实，同意将其用于本次申报的审核与公示。")


CASES = [
    (
        "BN2022-000017",
        "重庆合成机械有限公司（合成）",
        "鼓励工业企业做大做强",
        Decimal("200000"),
        date(2022, 8, 30),
        "初审中",
    ),
    (
        "BN2022-000021",
        "巴南样例新材料有限公司（合成）",
        "绿色化技术改造补助",
        Decimal("1500000"),
        date(2022, 9, 1),
        "复审中",
    ),
    (
        "BN2022-000026",
        "重庆示例生物医药有限公司（合成）",
        "研发投入后补助",
        Decimal("380000"),
        date(2022, 9, 2),
        "待受理",
    ),
    (
        "BN2022-000031",
        "巴南虚构物流有限公司（合成）",
        "制造业小微企业贴息",
        Decimal("47277.78"),
        date(2022, 9, 9),
        "公示中",
    ),
]


def examples(request: HttpRequest) -> dict[str, Any]:
    """The context of the style guide. `?errors=1` shows the form as after a failed attempt."""
    form = ExampleForm({} if request.GET.get("errors") else None)
    return {
        "form": form,
        "cases": CASES,
        "day": date(2022, 9, 1),
        "page": Paginator(range(236), 20).get_page(request.GET.get("page", 3)),
        "take_up": [("做大做强", 42), ("绿色示范", 9), ("技术改造", 17), ("研发投入", 63), ("贷款贴息", 128)],
        "months": [("3月", 12), ("4月", 31), ("5月", 28), ("6月", 55), ("7月", 61), ("8月", 90)],
        "paid": [
            ("第一季度", Decimal("1200000")),
            ("第二季度", Decimal("3650000.5")),
            ("第三季度", Decimal("2800000")),
        ],
    }
