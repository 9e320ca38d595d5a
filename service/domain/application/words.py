"""The words a roster's cells may hold, with the spellings people use for them."""

from __future__ import annotations

from typing import Final

from service.domain.application.model import Condition, ExceptionArticle, ExceptionKind, Title
from service.domain.kinds import CardKind, SkillLevel
from service.domain.tidy import half_width, tidy


def fold(text: str) -> str:
    """Fold a word for look-up: tidy, brackets and digits in half width, no spaces, lower case."""
    return "".join(half_width(tidy(text)).casefold().split())


KINDS: Final = {
    fold(word): kind
    for kind, words in {
        CardKind.SENIOR: ("高级考评员", "高级考评人员"),
        CardKind.STANDARD: ("考评员",),
        CardKind.SPECIAL_SKILL: ("专项职业能力考核考评员", "专项职业能力考评员", "专项考评员"),
        CardKind.EXTERNAL: ("外部质量督导员", "外督", "外部质量督导员(外督)", "质量督导员(外督)"),
        CardKind.INTERNAL: ("内部质量督导员", "内督", "内部质量督导员(内督)", "质量督导员(内督)"),
    }.items()
    for word in (*words, kind.value)
}

LEVELS: Final = {
    fold(word): level
    for level, words in {
        SkillLevel.FIVE: ("5", "五级", "五级/初级工", "初级工"),
        SkillLevel.FOUR: ("4", "四级", "四级/中级工", "中级工"),
        SkillLevel.THREE: ("3", "三级", "三级/高级工", "高级工"),
        SkillLevel.TWO: ("2", "二级", "二级/技师", "技师"),
        SkillLevel.ONE: ("1", "一级", "一级/高级技师", "高级技师"),
        SkillLevel.TE: ("特级", "特级技师", "te"),
        SkillLevel.SHOUXI: ("首席", "首席技师", "shouxi"),
    }.items()
    for word in words
}

_PROFESSIONS: Final = (
    *("工程师", "经济师", "会计师", "统计师", "审计师", "农艺师", "畜牧师", "兽医师", "实验师", "工艺美术师", "政工师"),
    "讲师",
)
_TITLE_WORDS: Final = {
    Title.SENIOR: (
        *("高级", "正高", "正高级", "副高", "副高级", "教授", "副教授", "研究员", "副研究员", "senior"),
        *(f"{rank}{profession}" for rank in ("高级", "正高级") for profession in _PROFESSIONS),
    ),
    Title.MIDDLE: ("中级", "助理研究员", "middle", *_PROFESSIONS),
    Title.JUNIOR: (
        *("初级", "助理", "助理级", "员", "员级", "技术员", "助教", "研究实习员", "junior"),
        *(f"助理{profession}" for profession in _PROFESSIONS),
    ),
}
TITLES: Final = {fold(word): title for title, words in _TITLE_WORDS.items() for word in words}
"""职称 and the commonest full titles; 高级技师 and 高级工 are skill levels and not here on purpose."""

ANSWERS: Final = {
    fold(word): answer
    for answer, words in {True: ("是", "yes", "y", "true"), False: ("否", "no", "n", "false")}.items()
    for word in words
}

ARTICLES: Final = {
    fold(word): article
    for article, words in {
        ExceptionArticle.CONDITIONS: ("考§7(2)4", "考7(2)4", "考§7(二)4", "考§7（2）4", "考第七条（二）4"),
        ExceptionArticle.FORM: ("考§11", "考11", "考第十一条"),
    }.items()
    for word in words
}

CANCELLED: Final = {
    fold(word): cancelled
    for cancelled, words in {
        True: ("已取消", "取消", "已取消资格", "取消资格", "revoked"),
        False: ("有效", "正常", "在用", "到期", "已到期", "过期", "valid", "expired"),
    }.items()
    for word in words
}
"""Whether a card from before the system was cancelled; that one has expired its dates say."""

EXCEPTION_KINDS: Final = {
    fold(word): kind
    for kind, words in {
        ExceptionKind.NEW: ("新职业",),
        ExceptionKind.SCARCE: ("紧缺职业", "紧缺"),
        ExceptionKind.LOCAL: ("地方传统特色", "地方传统", "地方特色"),
        ExceptionKind.RURAL: ("乡村特色", "乡村"),
        ExceptionKind.HERITAGE: ("非物质文化遗产", "非遗"),
        ExceptionKind.CRAFT: ("技艺传承与创新", "技艺传承", "技艺创新"),
    }.items()
    for word in (*words, f"{words[0]}职业", kind.value)
}
"""考§7(2)4, in its words."""

CONDITIONS: Final = {
    fold(word): condition
    for condition, words in {
        Condition.QUALIFICATION: ("证书", "证书等级", "职称", "证书或职称"),
        Condition.YEARS: ("年限", "从业年限", "持证年限", "考评员年限"),
        Condition.ASSESSMENTS: ("考评次数", "次数"),
    }.items()
    for word in (*words, condition.value)
}

NONE_WORDS: Final = frozenset({"无", "-", "—", "/", "none"})
"""Words for "has none" in 证书等级 and 职称, where having none is an answer."""
