"""The columns of a roster: Chinese heading, English alias, and whom each concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from service.domain.kinds import ASSESSOR_KINDS, CardKind
from service.domain.tidy import half_width, tidy

_ASKING: Final = re.compile("^是否为?")
_REMARK: Final = re.compile(r"(?<=.)\([^()]*\)$")
EVERYONE: Final = frozenset(CardKind)
ASSESSORS: Final = ASSESSOR_KINDS
SUPERVISORS: Final = EVERYONE - ASSESSORS
SENIORS: Final = frozenset({CardKind.SENIOR})
INTERNALS: Final = frozenset({CardKind.INTERNAL})


@dataclass(frozen=True, slots=True)
class Heading:
    """One column.

    ``field`` is the English alias and the name problems are reported under; ``kinds`` are those whose rows use
    the column; ``mandatory`` means for every row, so that the column itself must be there; ``note`` tells the
    person who fills it in what to write; ``aliases`` are further Chinese spellings that are understood.
    """

    field: str
    zh: str
    note: str
    kinds: frozenset[CardKind] = EVERYONE
    mandatory: bool = False
    aliases: tuple[str, ...] = ()


def _scores_of(*names: str) -> tuple[str, ...]:
    """Return how offices head the column of an examination's scores, by the names of that examination."""
    return tuple(name + ending for name in names for ending in ("", "成绩", "分数", "得分"))


HEADINGS: Final = (
    Heading("name", "姓名", "与身份证一致。少数民族姓名用间隔号“·”。", mandatory=True),
    Heading(
        "resident_id",
        "身份证号",
        "18 位，按文本填写；存成数字的单元格已丢失末几位，会被退回。",
        mandatory=True,
        aliases=("身份证号码", "公民身份号码", "身份证", "居民身份证号", "居民身份证号码", "身份证件号码"),
    ),
    Heading("kind", "类别", "从下拉列表中选择。", mandatory=True),
    Heading(
        "occupations",
        "职业工种",
        "考评人员必填，最多 2 个（考§9），用“、”分隔，每个写“名称”或“代码 名称”，如“6-31-01-03 电工、焊工”。",
        ASSESSORS,
        aliases=("职业（工种）", "职业/工种", "职业、工种"),
    ),
    Heading("work_unit", "工作单位", "全称。督导员的印在证卡上，超过 30 个汉字的不写入二维码。", mandatory=True),
    Heading("institution", "机构代码", "6 位数字。内督填颁发机构（必填）；其他人员填聘用机构（可不填）。"),
    Heading("certified_on", "认证日期", "培训考核合格的日期，如 2024-03-01。", mandatory=True),
    Heading(
        "applied_on",
        "申报日期",
        "如 2024-02-01；换发和年龄接近上限的必填，其他人员不填时以认证日期为准。",
    ),
    Heading(
        "notice",
        "认证通知",
        "认证日期早于核发日期、或申报日期早于认证日期 12 个月以上时，写明允许的认证通知名称或文号（督§7、考§8）。",
    ),
    Heading(
        "theory_score",
        "理论成绩",
        "0—100 分，60 分及以上合格；两个工种成绩不同时按工种顺序填“85;90”。",
        ASSESSORS,
        aliases=_scores_of("理论", "理论知识", "理论知识考试", "理论考试", "理论考核", "应知"),
    ),
    Heading(
        "skill_score",
        "技能成绩",
        "填法同理论成绩。",
        ASSESSORS,
        aliases=(
            *_scores_of("实操", "实操考试", "实操考核", "实作", "实际操作", "应会"),
            *_scores_of("操作技能", "技能操作", "技能操作考核", "技能考试", "技能考核"),
            *("技能分数", "技能得分"),
        ),
    ),
    Heading(
        "review_score",
        "综合评审成绩",
        "高级考评员必填，填法同理论成绩。",
        SENIORS,
        aliases=("综合评审", "综合评审分数", "综合评审得分", "评审成绩"),
    ),
    Heading("score", "认证成绩", "督导员必填，0—100 分；持有效外督证卡者转任内督可不填（督§14）。", SUPERVISORS),
    Heading(
        "qualification_level",
        "证书等级",
        "职业资格或技能等级：1—5、特级、首席。与职称填其一即可。",
        ASSESSORS,
    ),
    Heading("title", "职称", "高级（含正高、副高）、中级、初级（含助理、员）。", ASSESSORS),
    Heading(
        "qualification_occupation",
        "证书职业",
        "证书或职称所属职业；只申报一个工种的，不填表示与其相同；申报两个工种的必填，逐一写明，用“、”分隔。",
        ASSESSORS,
    ),
    Heading("related_basis", "相关职业依据", "有工种不在证书职业之列时，写明证书职业属于其相关职业的依据。", ASSESSORS),
    Heading("qualification_years", "持证年限", "取得证书或职称的年数，如 3、1.5、1年6个月。", ASSESSORS),
    Heading("occupation_years", "从业年限", "从事本职业或相关职业工作的年数。", ASSESSORS),
    Heading(
        "artisan",
        "能工巧匠依据",
        "无证书或职称、但从事本职业 5 年以上并确有技术专长者，写明依据（考§7(2)3）。",
        frozenset({CardKind.SPECIAL_SKILL}),
    ),
    Heading(
        "standard_card", "考评员证号", "申报高级考评员：本职业考评员证卡编号（系统内已满 1 年的可不填）。", SENIORS
    ),
    Heading(
        "assessor_years",
        "考评员年限",
        "申报高级考评员：取得本职业考评员资格的年数（系统内已满 1 年的可不填）。",
        SENIORS,
    ),
    Heading(
        "assessments_done",
        "考评次数",
        "申报高级考评员：本系统启用前已完成的考核评价工作次数；系统内记录的另行计入，合计 3 次以上。",
        SENIORS,
    ),
    Heading("exception_article", "特例条款", "考§7(2)4 或 考§11；没有特例不填。", ASSESSORS),
    Heading("exception", "特例依据", "填写特例条款时必填：文件名称或文号。", ASSESSORS),
    Heading(
        "exception_kind",
        "特例类别",
        "考§7(2)4 必填：新职业、紧缺职业、地方传统特色、乡村特色、非物质文化遗产、技艺传承与创新之一。",
        ASSESSORS,
    ),
    Heading(
        "exception_adjusts",
        "特例调整",
        "考§7(2)4 必填：文件所调整的条件，证书、年限、考评次数，用“、”分隔；未写明的仍按规定。",
        ASSESSORS,
    ),
    Heading("hr_staff", "在职人社", "是否为人力资源社会保障部门在职人员：是/否。考评人员必填（考§7）。", ASSESSORS),
    Heading("in_house", "本机构在职", "是否为聘用机构的在职人员：是/否。", ASSESSORS | INTERNALS),
    Heading("recommended_by", "推荐单位", "遴选推荐的单位。"),
    Heading("reviewed_by", "审核人", "对表格不能体现的条件（督§6、考§7(1)）负责审核的人员姓名；可在发证时统一指定。"),
    Heading("number", "证卡编号", "仅限督导员指定编号时填写（督附3），平时不填。", aliases=("指定编号",)),
    Heading("number_reason", "编号依据", "填写证卡编号时必填。"),
    Heading(
        "phone", "电话", "不印在证卡上。", aliases=("手机", "手机号", "手机号码", "联系电话", "电话号码", "联系方式")
    ),
    Heading("photo", "照片", "照片文件名；不填时按身份证号或姓名查找。", aliases=("相片", "照片文件名", "照片名称")),
    Heading(
        "portrait_consent",
        "照片入码同意",
        "持证人是否同意把小幅照片写入证卡二维码：是/否；不填视为不同意。任何扫码者都能看到该照片。",
    ),
)

REPORT_HEADINGS: Final = (
    Heading("result", "处理结果", "由系统填写。改正后交回时，“已发证”的行不会重复发证。"),
    Heading("issued_number", "已发证卡编号", "由系统填写。"),
    Heading("problems", "问题说明", "由系统填写。"),
)
"""Columns the row report adds; read back, they are recognised and not taken for input."""

_OF_ROSTER: Final = {heading.field: heading for heading in HEADINGS}

EARLIER_HEADINGS: Final = (
    *(_OF_ROSTER[field] for field in ("name", "resident_id", "kind", "occupations", "work_unit", "institution")),
    Heading("number", "证卡编号", "证卡上印的编号。", mandatory=True),
    Heading("issued_on", "核发日期", "如 2024-03-01。", mandatory=True),
    Heading("expires_on", "有效期至", "最后一个有效日；不填时为核发日期起 3 年。"),
    Heading("status", "状态", "有效或已取消；不填为有效。到期的不必注明。"),
    Heading("cancelled_on", "取消日期", "已取消的必填：作出取消资格决定的日期（考§21 三年限制由此起算）。"),
    Heading("cancelled_ground", "取消依据", "已取消的必填：督§19 或 考§21 的情形，可续写事由，如“考§21(7) 收受礼金”。"),
    _OF_ROSTER["in_house"],
    _OF_ROSTER["phone"],
)
"""Columns of the list of cards from before the system, which have their numbers already."""

HEADING_OF: Final = {heading.field: heading for heading in (*EARLIER_HEADINGS, *HEADINGS, *REPORT_HEADINGS)}


def canonical_heading(text: str) -> str:
    """Fold a heading for comparison: tidy, half width, no spaces, lower case, no mark for mandatory columns."""
    return "".join(half_width(tidy(text)).casefold().split()).strip("*")


def field_of_heading(text: str, fields: Mapping[str, str]) -> str | None:
    """Return the field a heading stands for, None where it is not known.

    是否 before it and a remark in brackets behind it (``理论成绩（百分制）``) change nothing.
    """
    whole = canonical_heading(text)
    spellings = (whole, _ASKING.sub("", whole), _REMARK.sub("", whole), _REMARK.sub("", _ASKING.sub("", whole)))
    return next((fields[spelling] for spelling in spellings if spelling in fields), None)


def fields_by_heading(headings: Iterable[Heading]) -> dict[str, str]:
    """Map canonical headings, Chinese or English, to the English field name."""
    return {
        canonical_heading(spelling): heading.field
        for heading in headings
        for spelling in (heading.field, heading.zh, *heading.aliases)
    }
