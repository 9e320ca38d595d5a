"""What is recorded of those who sign in and read: the acts, in words, and how long the record is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DEFAULT_KEEP_DAYS: Final = 365
MIN_KEEP_DAYS: Final = 183
"""网络安全法§21(3): not less than six months."""

MAX_KEEP_DAYS: Final = 3660


class Act(StrEnum):
    """What somebody did that changes nothing."""

    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGN_OUT = "sign-out"
    SIGN_OUT_EVERYWHERE = "sign-out-everywhere"
    REFUSED = "permission-refused"
    CHECK = "check"
    PHOTO = "photo"
    PERSON = "person"
    RECORD = "record"
    CARD = "card"
    SEARCH = "search"
    LIST = "list-saved"
    ASSESSMENT = "assessment"


ACT_WORDS: Final = {
    Act.SIGN_IN: ("登录", "signed in"),
    Act.SIGN_IN_REFUSED: ("登录未成", "sign-in refused"),
    Act.SIGN_OUT: ("退出", "signed out"),
    Act.SIGN_OUT_EVERYWHERE: ("全部退出", "signed out everywhere"),
    Act.REFUSED: ("越权被拒", "not permitted"),
    Act.CHECK: ("凭编号查验", "checked by number"),
    Act.PHOTO: ("查看照片", "photograph read"),
    Act.PERSON: ("查看人员页", "person's page read"),
    Act.RECORD: ("查看诚信档案", "integrity record read"),
    Act.CARD: ("打开证卡", "card opened"),
    Act.SEARCH: ("检索", "searched"),
    Act.LIST: ("导出名单", "list saved"),
    Act.ASSESSMENT: ("查看场次人员", "people of an assessment read"),
}
"""By act, in Chinese and English."""

GROUND_WORDS: Final = {
    "keeps-the-base": ("信息库（督§4）", "keeps the base (督§4)"),
    "has-issued": ("本机构颁发（督§19）", "has issued it (督§19)"),
    "is-named-on": ("证卡所载聘用机构（考§4）", "is named on the card (考§4)"),
    "engages": ("聘用期内（考§16）", "engages the holder (考§16)"),
    "has-recommended": ("推荐单位（督§4、考§8）", "has recommended (督§4, 考§8)"),
    "employs": ("工作单位（督§4）", "employs the holder (督§4)"),
    "has-on-file": ("备案机构的人员（督§4、考§5）", "has the institution on file (督§4, 考§5)"),
    "scanned": ("扫描证卡", "scanned credential"),
    "planned-today": ("本机构今日场次", "planned at one's own today"),
    "typed-number": ("录入编号", "typed number"),
    "keeps-the-record": ("档案保管（督§4、考§17）", "keeps the record (督§4, 考§17)"),
    "decides-or-keeps": ("颁发或档案保管", "issues or keeps the record"),
    "machine": ("在服务器上", "at the machine"),
    "password": ("密码", "password"),
    "device": ("屏幕上的登录码", "code on a screen"),
    "code": ("密码与验证码", "password and code"),
    "recovery-code": ("密码与恢复码", "password and recovery code"),
}
"""By ground; what is not here is shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One thing to be recorded. ``number`` is the card's whose holder's data was read; no name and no identity number.

    ``ground`` and ``outcome`` are words of ours, at most 120 characters.
    """

    act: Act
    number: str | None = None
    ground: str = ""
    outcome: str = ""
    network: str = ""


def ground_words(ground: str) -> tuple[str, str]:
    """Return what a ground is called in Chinese and English."""
    return GROUND_WORDS.get(ground, (ground, ground))
