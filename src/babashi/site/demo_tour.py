"""The guided tour: ten steps from “what can I get?” to “the money is here”."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TourStep:
    """One step of the guided tour."""

    title: str
    text: str
    path: str
    who: str
    username: str = ""


TOUR = (
    TourStep(
        "看政策", "通知的八个事项，每一项都写明谁能享、享多少、怎么办、何时到、找谁。", "/policies/", "任何人"
    ),
    TourStep("问一问", "不用登录，回答几个问题，就知道能享受什么。", "/match/questionnaire/", "任何人"),
    TourStep(
        "看结果",
        "合成企业已经匹配好：每个条件是否符合、用的什么数、从哪里来。",
        "/match/",
        "演示·多项企业",
        "qiye8",
    ),
    TourStep("收消息", "新匹配到的政策会主动推送，并说明原因。", "/inbox/", "演示·绿色示范企业", "qiye2"),
    TourStep(
        "申报",
        "表单由政策生成，已知的资料已经填好；边填边存，核对后提交。",
        "/policies/",
        "演示·绿色示范企业",
        "qiye2",
    ),
    TourStep("免申即享", "升规奖励不用申报：确认收款账户和承诺就可以。", "/match/", "演示·升规企业", "qiye1"),
    TourStep(
        "受理和审核",
        "受理、初审、复审、财政核对，每一步换一个人；可以退回补正。",
        "/desk/cases/",
        "演示·受理员",
        "shouli",
    ),
    TourStep(
        "公示",
        "公示若干个工作日，任何人都可以提出异议。用上方的“到下一期限”走过公示期。",
        "/publicity/",
        "任何人",
    ),
    TourStep(
        "审定和拨付",
        "审定金额占用预算；财政组批、导出给国库，再导入银行回单。",
        "/desk/payments/",
        "演示·财政拨付",
        "bokuan",
    ),
    TourStep(
        "看到账",
        "企业看到每一步的日期和单号，确认到账并评价。",
        "/applications/",
        "演示·绿色示范企业",
        "qiye2",
    ),
)
