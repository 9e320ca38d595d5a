"""Sample people for the guided run: a roster as an office would send it, faults included.

Nobody here exists. The identity numbers are well formed, but their area code 509901 was never given to any
place, so that no number is anybody's. Dates are counted back from the day the sample is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, TypeAlias

from service.domain.kinds import CardKind, Sex
from service.domain.people import check_digit

AREA: Final = "509901"

Cells: TypeAlias = dict[str, str | float | date]
"""What a row holds, by Chinese heading."""

SCHOOL: Final = "500123"
FACTORY: Final = "500107"
INSTITUTIONS: Final = (
    (SCHOOL, "S", "重庆市两江职业技能培训学校", "重庆市渝北区人力资源和社会保障局"),
    (FACTORY, "Y", "重庆长江机电制造有限责任公司", "重庆市九龙坡区人力资源和社会保障局"),
    ("500901", "H", "重庆市餐饮行业技能评价中心", "重庆市人力资源和社会保障局"),
)


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """One row of the sample roster; ``cells`` is by Chinese heading, ``photo`` says what its picture is like."""

    name: str
    sex: Sex
    birth_on: date
    kind: CardKind
    resident_id: str
    cells: Mapping[str, str | float | date]
    photo: str = "good"
    note: str = field(default="")


def resident_id(birth_on: date, sequence: int) -> str:
    """Compose an identity number with its check digit (GB 11643); an odd sequence is a man's, an even a woman's."""
    body = f"{AREA}{birth_on:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


def years_before(day: date, years: int) -> date:
    """Return the same calendar day that many years earlier, 28 February for the 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


# name, sex, age, what the kind needs: job types, work unit
_SPECIAL: Final = (
    ("冉启凤", "女", 44, "重庆小面制作", "重庆市万州区小面产业协会"),
    ("向世明", "男", 58, "荣昌陶器制作", "荣昌区安富陶艺工坊"),
    ("田𠅤", "女", 39, "夏布织造", "荣昌区夏布传习所"),
    ("米热古丽·艾买提", "女", 35, "拉面制作", "重庆市沙坪坝区民族餐饮技能工作站"),
)
NEW_JOB_TYPES: Final = tuple(person[3] for person in _SPECIAL)
"""Special skills are in no catalogue of occupations: whoever issues confirms them."""

_STANDARD: Final = (
    ("张伟", "男", 41, "6-31-01-03 电工", "重庆长江机电制造有限责任公司"),
    ("王䶮", "男", 37, "6-18-02-04 焊工", "重庆船舶工业技师学院"),
    ("欧阳明远", "男", 52, "6-31-01-03 电工、6-18-02-04 焊工", "重庆市轨道交通集团有限公司运营二分公司设备检修中心"),
    ("李㛃", "女", 33, "4-10-01-05 养老护理员", "重庆市第一社会福利院"),
    ("阿卜杜热合曼·买买提依明", "男", 40, "4-03-02-01 中式烹调师", "重庆市餐饮行业技能评价中心"),
    ("陈思琪", "女", 36, "4-10-01-01 婴幼儿发展引导员、4-10-01-05 养老护理员", "重庆市渝中区家庭服务业职业培训学校"),
    ("刘𬭎", "男", 48, "6-18-01-01 车工", "重庆长江机电制造有限责任公司"),
    ("司马青云", "男", 45, "6-18-01-02 铣工", "重庆长江机电制造有限责任公司第三机械加工分厂"),
    ("赵晓燕", "女", 38, "4-03-02-02 中式面点师", "重庆市商务技师学院"),
    ("周国强", "男", 55, "4-12-01-01 汽车维修工", "重庆公交集团第四维修公司"),
    ("吴小玲", "女", 42, "4-10-03-02 美发师", "重庆市美发美容行业协会"),
    ("谭坤", "男", 34, "6-31-01-03 电工", "国网重庆市电力公司南岸供电分公司"),
    ("罗娅", "女", 31, "4-03-02-07 茶艺师", "重庆市永川区茶业技能培训学校"),
    ("艾尔肯江·吐尔逊", "男", 43, "6-18-02-04 焊工", "重庆钢结构产业有限公司"),
    ("冯建华", "男", 59, "6-18-01-01 车工、6-18-01-02 铣工", "西南铝业（集团）有限责任公司"),
)
_SENIOR: Final = (
    ("何正平", "男", 50, "6-31-01-03 电工", "重庆长江机电制造有限责任公司"),
    ("蒋文静", "女", 47, "4-03-02-01 中式烹调师", "重庆市餐饮行业技能评价中心"),
    ("唐绍钧", "男", 61, "6-18-02-04 焊工", "重庆大学工程培训中心"),
    ("邓卓玛", "女", 46, "4-10-01-05 养老护理员", "重庆医药高等专科学校"),
    ("夏侯惇吉", "男", 54, "4-12-01-01 汽车维修工", "重庆工业职业技术学院车辆工程学院"),
)
_EXTERNAL: Final = (
    ("黄莉", "女", 45, "重庆市渝北区职业技能鉴定指导中心"),
    ("徐志刚", "男", 53, "重庆市九龙坡区就业和人才中心"),
    ("孙雅婷", "女", 38, "重庆市职业技能鉴定指导中心"),
    ("买买提江·阿不都拉", "男", 49, "重庆市南岸区职业技能鉴定指导中心"),
    ("曾庆隆", "男", 60, "重庆市万州区人力资源和社会保障局"),
    ("诸葛婧祎", "女", 41, "重庆市江北区职业技能鉴定指导中心"),
)
_INTERNAL: Final = (
    ("杨光", "男", 36, SCHOOL, "重庆市两江职业技能培训学校", "是"),
    ("付春梅", "女", 43, SCHOOL, "重庆市两江职业技能培训学校", "是"),
    ("郝䴖", "女", 29, SCHOOL, "重庆市两江新区产业工人联合会", "否"),
    ("程立军", "男", 51, FACTORY, "重庆长江机电制造有限责任公司", "是"),
    ("胡冰", "男", 47, FACTORY, "重庆长江机电制造有限责任公司", "是"),
    ("古丽娜尔", "女", 34, FACTORY, "重庆市机械工业联合会职业技能评价工作委员会", "否"),
)


def people(today: date) -> tuple[SamplePerson, ...]:
    """Make the sample roster as of a day: all five kinds first, then the rows an office has to send back."""
    good = (replace(one, cells={**one.cells, **_consent(row)}) for row, one in enumerate(_good(today)))
    return (*good, *_refused(today))


def _consent(row: int) -> Cells:
    """Let every third person agree to a portrait in the code and every third decline; the others say nothing."""
    return {"照片入码同意": ("是", "否", "")[row % 3]}


def earlier_cards(today: date) -> tuple[SamplePerson, ...]:
    """Return the future seniors' own assessor cards, issued two years ago, before the system."""
    issued_on = years_before(today, 2)
    return tuple(
        _person(
            today,
            name,
            sex,
            age,
            CardKind.STANDARD,
            200 + index,
            {"职业工种": jobs, "工作单位": unit, **_numbered(f"{issued_on:%y}31002{41 + index:04d}", issued_on)},
        )
        for index, (name, sex, age, jobs, unit) in enumerate(_SENIOR)
    )


def _numbered(number: str, issued_on: date) -> Cells:
    return {"证卡编号": number, "核发日期": issued_on}


def long_ago(today: date, issued_on: date, *, name: str, sequence: int) -> SamplePerson:
    """Return an assessor certified shortly before a day in the past on which the card is to be dated."""
    cells = _assessor("6-18-01-01 车工", "重庆市两江职业技能培训学校", issued_on - timedelta(days=20))
    more: Cells = {"证书等级": 2, "从业年限": 11}
    return _person(today, name, "男", 46, CardKind.STANDARD, sequence, cells | more)


def _good(today: date) -> Iterator[SamplePerson]:
    certified = today - timedelta(days=24)
    for index, (name, sex, age, jobs, unit) in enumerate(_SPECIAL):
        artisan = {"能工巧匠依据": "区级非物质文化遗产代表性传承人证书"} if index % 2 else {}
        yield _person(
            today,
            name,
            sex,
            age,
            CardKind.SPECIAL_SKILL,
            10 + index,
            _assessor(jobs, unit, certified) | {"证书等级": 3, "持证年限": 3, "从业年限": 12} | artisan,
        )
    for index, (name, sex, age, jobs, unit) in enumerate(_STANDARD):
        extra: Cells = {"证书等级": 2 if index % 3 else 3, "从业年限": min(8 + index, age - 20)}
        if "、" in jobs:
            extra |= {"证书职业": jobs, "理论成绩": "86;79", "技能成绩": "91;88.5"}
        if index % 4 == 0:
            extra |= {"机构代码": FACTORY, "本机构在职": "是" if "长江机电" in unit else "否"}
        yield _person(today, name, sex, age, CardKind.STANDARD, 100 + index, _assessor(jobs, unit, certified) | extra)
    for index, (name, sex, age, jobs, unit) in enumerate(_SENIOR):
        extra = {"证书等级": 1, "从业年限": 20, "综合评审成绩": 84 + index, "考评员年限": 4, "考评次数": 9 + index}
        yield _person(today, name, sex, age, CardKind.SENIOR, 200 + index, _assessor(jobs, unit, certified) | extra)
    for index, (name, sex, age, unit) in enumerate(_EXTERNAL):
        cells: Cells = {
            "工作单位": unit,
            "认证日期": certified,
            "认证成绩": 78 + index,
            "推荐单位": _authority_of(unit),
        }
        yield _person(today, name, sex, age, CardKind.EXTERNAL, 300 + index, cells)
    for index, (name, sex, age, code, unit, in_house) in enumerate(_INTERNAL):
        cells = {
            "工作单位": unit,
            "认证日期": certified,
            "认证成绩": 82 + index,
            "机构代码": code,
            "本机构在职": in_house,
        }
        yield _person(today, name, sex, age, CardKind.INTERNAL, 400 + index, cells)


def _refused(today: date) -> Iterator[SamplePerson]:
    certified = today - timedelta(days=24)
    electrician = _assessor("6-31-01-03 电工", "重庆市两江职业技能培训学校", certified) | {"证书等级": 3, "从业年限": 9}

    def standard(name: str, sex: str, age: int, sequence: int, note: str, **more: str | float | date) -> SamplePerson:
        return _person(today, name, sex, age, CardKind.STANDARD, sequence, electrician | more, note=note)

    yield standard("马超群", "男", 66, 500, "年龄超过 65 周岁，考§7(1)4")
    yield standard("牛晓红", "女", 40, 501, "技能成绩不到 60 分，考§11", 技能成绩=58)
    yield standard(
        "毛一鸣", "男", 35, 502, "三个职业工种，考§9", 职业工种="电工、焊工、车工", 证书职业="电工、焊工、车工"
    )
    yield standard("侯青", "女", 39, 503, "人社部门在职人员，考§7", 在职人社="是")
    yield standard("王𱍐", "男", 33, 504, "姓名中有字库没有的字")
    yield standard("苟富贵", "男", 44, 505, "从业年限不足 5 年，考§7(2)2", 从业年限=4)
    yield standard("贺兰", "女", 37, 506, "在职人社一栏空白", 在职人社="")
    wrong = resident_id(years_before(today, 40), 507)
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    yield _person(
        today,
        "庞大海",
        "男",
        40,
        CardKind.STANDARD,
        507,
        electrician | {"身份证号": wrong},
        note="身份证号校验位错误",
    )
    yield _person(
        today, "苏墨", "女", 30, CardKind.STANDARD, 508, electrician, photo="grey", note="照片是黑白的，督附5"
    )
    yield _person(today, "康宁", "男", 42, CardKind.STANDARD, 509, electrician, photo="none", note="没有照片")
    yield _person(
        today,
        "张伟",
        "男",
        41,
        CardKind.STANDARD,
        100,
        electrician | {"职业工种": "6-31-01-03 电工"},
        note="同一人同一工种重复申报",
    )


def _authority_of(unit: str) -> str:
    """Return the authority of the list that recommends whoever works at a unit: its district's, else the city's."""
    authorities = [authority for *_, authority in INSTITUTIONS]
    return next((one for one in authorities if one[:6] == unit[:6]), "重庆市人力资源和社会保障局")


def _assessor(jobs: str, unit: str, certified: date) -> Cells:
    through: Cells = {"推荐单位": unit} if unit in {name for _, _, name, _ in INSTITUTIONS} else {}  # 考§8
    return through | {
        "职业工种": jobs,
        "工作单位": unit,
        "认证日期": certified,
        "申报日期": certified - timedelta(days=40),
        "理论成绩": 81,
        "技能成绩": 87,
        "在职人社": "否",
    }


def _person(  # noqa: PLR0913 - one row of a table
    today: date,
    name: str,
    sex: str,
    age: int,
    kind: CardKind,
    sequence: int,
    cells: Mapping[str, str | float | date],
    *,
    photo: str = "good",
    note: str = "",
) -> SamplePerson:
    birth_on = years_before(today, age) - timedelta(days=(sequence * 37) % 200 + 100)
    parity = 1 if sex == "男" else 0
    identity = resident_id(birth_on, sequence + (sequence % 2 != parity))
    return SamplePerson(
        name=name,
        sex=Sex.MALE if parity else Sex.FEMALE,
        birth_on=birth_on,
        kind=kind,
        resident_id=identity,
        cells={"身份证号": identity} | dict(cells),
        photo=photo,
        note=note,
    )
