"""Lines that belong to the page around a notice: where one is on a site, print, share, the number of a page."""

from __future__ import annotations

import re
from typing import Final

_ABOVE: Final = (
    r"(?:您|你)?(?:当前|现在)?(?:所在|的)*位置(?:：|是|>|$)|首页(?:>|»|$)|[^\d>]{0,12}>[^\d>]{1,12}>"
    r"|【?(?:字体|字号)[：】]?【?(?:大|特大|默认|\[)|(?:发布|发文|更新|公开|成文|生成)(?:时间|日期)："
    r"|(?:信息)?来源："
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)?：?\d*|索引号：?|主题分类：?"
    r"|(?:公开|信息)?(?:类别|名称|目录)：|有效性："
    r"|(?:文章)?来源：|作者：|编辑：|点击查看"
)
_BELOW: Final = (
    r"分享(?:到|：|至|$)|(?:【|\[)?(?:打印|关闭|返回|收藏|纠错|下载)(?:本页|本文|窗口|页面|顶部)?(?:】|\])"
    r"|(?:打印|关闭|返回)(?:本页|本文|窗口|页面|顶部|$)|扫一扫|责任编辑|(?:上|下)一[篇条]"
    r"|相关(?:链接|文章|附件|政策|解读)[：$]?"
    r"|版权所有|(?:(?:主办|承办)(?!单位：[^，。]{2,24}(?:局|委|办|厅|会|中心)$)|技术支持|网站标识码|备案"
    r"|联系我们|网站地图|法律声明|无障碍)[^，。]{0,40}$"
    r"|.{0,8}(?:ICP备|公网安备)|政府网站标识"
)
_PAGE: Final = r"(?:[-·]{1,3}\d{1,3}[-·]{1,3}|第\d{1,3}页(?:共\d{1,3}页)?)$"
_FURNITURE: Final = re.compile(rf"(?:{_ABOVE}|{_BELOW}|{_PAGE})")


def is_furniture(text: str) -> bool:
    """Whether a line (in the canonical view, without white space) is of the page and not of the notice."""
    return len(text) <= 160 and "。" not in text[:-1] and _FURNITURE.match(text) is not None
