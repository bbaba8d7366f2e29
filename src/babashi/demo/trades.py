"""Trades of a district between city and hills: what they are called, how big they are, what they do.

Sizes are invented. Codes follow GB/T 4754-2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Trade:
    """One line of business."""

    code: str
    words: tuple[str, ...]
    """What stands in the name of an enterprise of this trade."""
    weight: int
    revenue: int
    """Median operating revenue of an enterprise in a year, in ten thousand yuan."""
    per_head: int
    """Revenue for each employee, in ten thousand yuan."""
    research: int = 0
    """How many of a thousand enterprises declare R&D expense."""
    intensity: int = 200
    """Median R&D intensity, in 1/10,000."""
    emerging: int = 10
    """How many of a thousand are strategic emerging industry."""
    green: int = 20
    """How many of a thousand are green industry."""
    food: str = ""
    """Stage of the food business."""
    key: str = ""
    """One of the five key industries."""
    shops: int = 0
    """How many of a thousand are one-person businesses."""

    @property
    def division(self) -> int:
        """First two digits of the code."""
        return int(self.code[:2])

    @property
    def industrial(self) -> bool:
        """Sections B, C and D."""
        return 6 <= self.division <= 46

    @property
    def manufacturing(self) -> bool:
        """Section C."""
        return 13 <= self.division <= 43


_BIO, _TRADE, _MACHINES, _DIGITAL, _ECO = "生物医药", "商贸物流", "高端装备制造", "数智经济", "生态创新"

TRADES: Final = (
    Trade("0111", ("农业", "生态农业"), 8, 180, 25),
    Trade("0141", ("蔬菜种植", "农业开发"), 14, 120, 18, shops=300),
    Trade("0313", ("养殖", "生猪养殖"), 8, 260, 40, shops=300),
    Trade("1012", ("建材矿业", "石材开采"), 3, 1500, 60),
    Trade("1311", ("粮油", "米业"), 5, 1600, 110, research=60, food="生产"),
    Trade("1353", ("肉制品", "食品"), 7, 1300, 60, research=120, intensity=90, food="生产"),
    Trade("1411", ("食品", "烘焙食品"), 10, 480, 30, research=60, intensity=80, food="生产", shops=250),
    Trade("1432", ("食品", "冷冻食品"), 4, 900, 45, research=90, intensity=80, food="生产"),
    Trade("1462", ("调味品", "酿造"), 6, 650, 45, research=100, intensity=90, food="生产", shops=100),
    Trade("1512", ("酒业",), 4, 700, 50, research=60, food="生产", shops=150),
    Trade("1522", ("饮品", "矿泉水"), 3, 800, 55, food="生产"),
    Trade("1819", ("服饰", "制衣"), 7, 420, 18, research=40, shops=150),
    Trade("2110", ("家具", "木业"), 7, 480, 25, research=60, shops=150),
    Trade("2231", ("包装", "纸制品"), 9, 1100, 45, research=150, intensity=140),
    Trade("2319", ("印务", "印刷包装"), 6, 750, 35, research=120, intensity=140),
    Trade("2614", ("化工", "精细化工"), 4, 3200, 110, research=320, intensity=210, green=60),
    Trade("2641", ("涂料", "新材料"), 5, 2100, 90, research=360, intensity=260, emerging=120, green=120),
    Trade("2710", ("医药", "药业"), 5, 4200, 80, research=650, intensity=420, emerging=420, key=_BIO),
    Trade("2720", ("制药", "药业"), 5, 5200, 75, research=700, intensity=480, emerging=460, key=_BIO),
    Trade("2740", ("中药", "药业"), 5, 2300, 60, research=480, intensity=260, emerging=240, key=_BIO),
    Trade("2761", ("生物科技", "生物制药"), 6, 2600, 70, research=820, intensity=780, emerging=700, key=_BIO),
    Trade("2770", ("医疗用品", "卫材"), 5, 1400, 45, research=380, intensity=260, emerging=180, key=_BIO),
    Trade("2915", ("橡胶制品", "橡塑"), 6, 1300, 50, research=260, intensity=170),
    Trade("2929", ("塑胶", "塑料制品"), 14, 1200, 48, research=240, intensity=160, shops=60),
    Trade("3021", ("水泥制品", "建材"), 7, 1900, 80, research=110, intensity=90, green=60),
    Trade("3039", ("新型建材", "建材"), 7, 1200, 60, research=130, intensity=110, green=90),
    Trade("3252", ("铝业", "铝材"), 5, 5200, 130, research=300, intensity=180),
    Trade("3311", ("钢结构", "金属结构"), 12, 1500, 55, research=180, intensity=130, shops=60),
    Trade("3391", ("铸造", "机械铸造"), 7, 1800, 50, research=230, intensity=160),
    Trade("3412", ("动力机械", "内燃机配件"), 8, 2600, 60, research=420, intensity=240, key=_MACHINES),
    Trade(
        "3421", ("机床", "数控机床"), 6, 1900, 50, research=520, intensity=360, emerging=380, key=_MACHINES
    ),
    Trade(
        "3453", ("齿轮", "传动机械"), 9, 2200, 50, research=430, intensity=270, emerging=120, key=_MACHINES
    ),
    Trade("3484", ("机械", "机械加工"), 26, 620, 32, research=190, intensity=190, shops=180),
    Trade(
        "3491", ("机器人", "智能装备"), 5, 1700, 60, research=800, intensity=640, emerging=780, key=_MACHINES
    ),
    Trade("3525", ("模具", "精密模具"), 13, 850, 38, research=340, intensity=270, shops=80),
    Trade(
        "3591",
        ("环保设备", "环境装备"),
        6,
        1500,
        60,
        research=480,
        intensity=310,
        emerging=480,
        green=720,
        key=_ECO,
    ),
    Trade("3670", ("汽车部件", "汽车零部件"), 34, 3600, 62, research=440, intensity=230, emerging=110),
    Trade("3752", ("摩托车配件", "机车部件"), 24, 1700, 45, research=300, intensity=190),
    Trade("3821", ("电气", "变压器"), 7, 2400, 75, research=430, intensity=270, emerging=150, green=120),
    Trade("3841", ("新能源", "电池科技"), 4, 4800, 90, research=680, intensity=430, emerging=860, green=640),
    Trade("3973", ("半导体", "微电子"), 3, 6200, 95, research=860, intensity=820, emerging=950, key=_DIGITAL),
    Trade("3982", ("电子", "电路科技"), 9, 2100, 55, research=520, intensity=380, emerging=480, key=_DIGITAL),
    Trade(
        "4011", ("自动化", "仪器仪表"), 8, 1700, 55, research=620, intensity=460, emerging=420, key=_MACHINES
    ),
    Trade("4210", ("再生资源", "循环科技"), 5, 2600, 120, research=120, intensity=90, green=780, key=_ECO),
    Trade("4412", ("热电", "能源"), 2, 9500, 180, research=90, intensity=60, green=180),
    Trade("4511", ("燃气",), 2, 6200, 150, research=40, intensity=40),
    Trade("4610", ("供水", "水务"), 2, 2600, 70, research=40, intensity=40),
    Trade("4710", ("建筑工程", "建设工程"), 30, 1900, 60, research=60, intensity=90),
    Trade("4910", ("安装工程", "机电安装"), 16, 620, 45, research=40),
    Trade("5124", ("食品贸易", "冷链食品"), 12, 900, 150, food="销售", key=_TRADE, shops=250),
    Trade("5151", ("医药", "医药贸易"), 6, 3600, 160, key=_BIO),
    Trade("5164", ("金属材料", "钢材贸易"), 18, 3800, 320, key=_TRADE, shops=80),
    Trade("5211", ("百货",), 8, 420, 60, food="销售", shops=450),
    Trade("5212", ("超市", "生活超市"), 30, 160, 40, food="销售", shops=780),
    Trade("5223", ("果蔬", "鲜果"), 34, 60, 25, food="销售", shops=900),
    Trade("5261", ("汽车销售", "汽车贸易"), 12, 2600, 160, key=_TRADE),
    Trade("5431", ("运输", "货运"), 20, 480, 38, key=_TRADE, shops=250),
    Trade("5810", ("多式联运", "供应链管理"), 8, 1900, 110, key=_TRADE),
    Trade("5990", ("仓储", "仓储物流"), 8, 620, 60, key=_TRADE),
    Trade("6210", ("餐饮管理", "饮食服务", "火锅"), 62, 90, 12, food="餐饮", shops=850),
    Trade("6220", ("快餐", "餐饮服务"), 26, 60, 11, food="餐饮", shops=880),
    Trade("6291", ("小吃", "面庄"), 40, 32, 12, food="餐饮", shops=960),
    Trade("6513", ("软件", "信息技术"), 22, 380, 28, research=520, intensity=900, emerging=480, key=_DIGITAL),
    Trade(
        "6531", ("系统集成", "智能科技"), 12, 620, 42, research=420, intensity=620, emerging=420, key=_DIGITAL
    ),
    Trade(
        "6550", ("数据服务", "大数据"), 6, 460, 36, research=520, intensity=760, emerging=620, key=_DIGITAL
    ),
    Trade("7020", ("物业管理", "物业服务"), 12, 320, 12),
    Trade("7452", ("检测技术", "检测服务"), 6, 420, 25, research=320, intensity=520, emerging=120),
    Trade("7484", ("工程设计", "设计咨询"), 10, 420, 28, research=120, intensity=260),
    Trade(
        "7721",
        ("水环境治理", "环保科技"),
        6,
        720,
        45,
        research=320,
        intensity=310,
        emerging=260,
        green=820,
        key=_ECO,
    ),
    Trade("8111", ("汽车维修", "汽车服务"), 24, 90, 15, shops=700),
    Trade("8391", ("职业培训", "教育咨询"), 8, 140, 12),
)

PARK_TRADE: Final = Trade("7221", ("产业园", "工业园", "科技园"), 1, 2400, 120, green=300)
OTHER_TRADE: Final = Trade("8334", ("中学食堂", "学校食堂"), 1, 220, 18, food="餐饮")

AVERAGE_YEARS: Final = (2020, 2021)
WITHOUT_AVERAGE: Final = frozenset({11, 15, 21, 43, 45, 52})
"""Divisions for which the synthetic table of averages has no row, so that unknown occurs too."""
