"""What a mail says: what happened to which number, and nothing of anybody."""

from __future__ import annotations

from typing import Final

from service.domain.notice import Notice, Topic
from service.domain.validity import SHANGHAI

TOPIC_WORDS: Final = {
    Topic.ISSUED: ("证卡已核发", "card issued"),
    Topic.REVOKED: ("证卡已取消", "card revoked"),
    Topic.REPLACED: ("证卡已补发", "card replaced"),
    Topic.AMENDED: ("证卡已更正", "card amended"),
    Topic.VOIDED: ("证卡已作废", "card voided"),
    Topic.SUPERSEDED: ("证卡已换发", "card superseded"),
    Topic.CORRECTED: ("取消决定已更正", "cancellation corrected"),
    Topic.EXPIRING: ("证卡即将到期", "card expiring"),
    Topic.DUTIES: ("今日待办", "duties"),
}


def mail_words(notice: Notice, host: str) -> tuple[str, str]:
    """Return subject and text, in both languages."""
    zh, en = TOPIC_WORDS[notice.topic]
    number = str(notice.data.get("number", ""))
    at = notice.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if notice.topic is Topic.DUTIES:
        count, late = notice.data.get("count", 0), notice.data.get("late", 0)
        subject = f"{zh} {count} 项，逾期 {late} 项 {en}: {count}, late: {late}"
    else:
        subject = f"{zh} {en} {number}"
    until = f"有效期至 expires on：{notice.data['expires_on']}\n" if "expires_on" in notice.data else ""
    return subject, f"{subject}\n{until}时间 at：{at}\n详情请登录 sign in for more：https://{host}/office\n"
