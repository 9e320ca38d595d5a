"""The body's rows and the back's lines: typical cards, hard ones, and what holds for every one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import chain, pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardlayout.card import BODY, PRINTER, TITLE
from cardlayout.face import Field
from cardlayout.fit import Fitted, Line, fit_block, fit_body
from cardlayout.fonts import FontSet
from cardlayout.kerning import natural_width
from tests import needs

NARROW, FULL = 10 * 12, 70 * 72 / 25.4  # points: ten 汉字 of 12 pt, and what the safe margins leave
MARKS = set("，、·）》”. ")  # of those that the properties below draw: not at the head of a line
OPENING_MARKS = set("（《“")
RUN = re.compile(r"[!-~]+")


@cache
def fonts() -> FontSet:
    return FontSet.load()


def fields(
    name: str = "王伟", kind: str = "高级考评员", third: str = "茶艺师", *, label: str = "职业（工种）"
) -> tuple[Field, ...]:
    return (
        Field("姓名", name, "name"),
        Field("等级", kind, "kind"),
        Field(label, third, "third"),
        Field("证卡编号", "22310010023", "number"),
        Field("有效期至", "2029年11月27日", "expires_on"),
    )


def employer(third: str, name: str = "王伟", kind: str = "外部质量督导员") -> tuple[Field, ...]:
    return fields(name, kind, third, label="工作单位")


def rows(fitted: Fitted) -> dict[int, str]:
    """Show what stands on each row."""
    assert fitted.problems == ()
    shown: dict[int, str] = {}
    for line in fitted.lines:
        shown[line.row] = shown.get(line.row, "") + line.text
    return shown


def body(*args: str, **more: str) -> dict[int, str]:
    return rows(fit_body(fields(*args, **more), fonts()))


def values(fitted: Fitted, given_fields: tuple[Field, ...]) -> list[list[Line]]:
    """Group the value lines by field; fails if a label is missing, scaled or out of order."""
    groups: list[list[Line]] = []
    lines = iter(fitted.lines)
    for line in lines:
        label = given_fields[len(groups)].label if len(groups) < len(given_fields) else ""
        if line.x == 0 and line.text in {label, label + "："}:
            assert line.scale == 1
            assert line.text.endswith("：") or next(lines).text == "："
            groups.append([])
        else:
            groups[-1].append(line)
    assert len(groups) == len(given_fields)
    return groups


def natural(text: str, *, bold: bool = False) -> float:
    return natural_width(text, lambda piece: fonts().width(piece, BODY.size, bold=bold))


def blamed(*given_fields: Field) -> list[str]:
    fitted = fit_body(given_fields, fonts())
    assert fitted.lines == ()
    assert {problem.code for problem in fitted.problems} == {"text-does-not-fit"}
    return [problem.field for problem in fitted.problems]


# The grid


def test_the_rows_of_an_assessor() -> None:
    """督附5 row 2."""
    assert body() == {
        0: "姓名：王伟",
        2: "等级：高级考评员",
        5: "职业（工种）：茶艺师",
        7: "证卡编号：22310010023",
        8: "有效期至：2029年11月27日",
    }


NAMES = ["王", "欧阳娜娜", "古丽·艾力", "阿卜杜热合曼·买买提依明", "努尔比亚·阿卜杜热合曼·买买提", "𠮷𠀀䶮㛃𬭎𠀋"]
KINDS = ["考评员", "高级考评员", "专项职业能力考核考评员", "外部质量督导员"]
UNITS = [
    "重庆大学",
    "重庆市人力资源和社会保障局",
    "重庆市酉阳土家族苗族自治县职业技能鉴定指导中心",
    "重庆市渝北区某某国际智能制造职业技能培训学校有限责任公司",
]


@pytest.mark.parametrize("label", ["工作单位", "职业（工种）"])
def test_every_field_has_its_row_whether_its_neighbours_are_short_or_long(label: str) -> None:
    for name, kind, unit in product(NAMES, KINDS, UNITS):
        given_fields = fields(name, kind, unit, label=label)
        lines = values(fit_body(given_fields, fonts()), given_fields)
        assert [group[0].row for group in lines] == [0, 2, 5, 7, 8]
        assert [len({line.x for line in group[:1]}) for group in lines] == [1] * 5


def test_values_of_a_block_begin_at_one_place_and_labels_are_justified_to_it() -> None:
    lines = fit_body(fields(), fonts()).lines
    beside, below = [line for line in lines if line.row < 5], [line for line in lines if line.row >= 5]
    assert {line.x for line in beside if line.x > 0} == {3 * 12}
    values_at = 6.5 * 12  # 职业（工种）： with the bracket's blank half taken off before the colon
    ends = {line.text: round(line.x + line.width, 6) for line in below}
    assert ends["职业（工种）："] == ends["："] == values_at
    [number] = [line for line in below if line.text == "证卡编号"]
    assert number.spread == pytest.approx((5.5 - 4) * 12 / 3)
    assert number.width == pytest.approx(5.5 * 12)


def test_labels_of_two_characters_are_spread_to_four() -> None:
    given_fields = (*fields()[:1], Field("证书类别", "考评员", "kind"), *fields()[2:])
    name, colon = fit_body(given_fields, fonts()).lines[:2]
    assert (name.text, name.spread, name.width) == ("姓名", 24, 48)
    assert (colon.text, colon.x) == ("：", 48)


def test_two_job_types_begin_a_line_each() -> None:
    found = body(third="电工、焊工")
    assert (found[5], found[6]) == ("职业（工种）：电工、", "焊工")


def test_job_types_too_long_for_their_place_keep_their_rows_and_the_label_stands_above() -> None:
    found = body(third="互联网营销师（直播销售员）、汽车维修工（汽车机械维修工）")
    assert (found[4], found[5], found[6]) == (
        "职业（工种）：",
        "互联网营销师（直播销售员）、",
        "汽车维修工（汽车机械维修工）",
    )


@pytest.mark.parametrize(
    ("unit", "lines"),
    [
        ("重庆市第一技师学院", ["重庆市第一技师学院"]),
        ("重庆市渝北区人力资源和社会保障局", ["重庆市渝北区", "人力资源和社会保障局"]),
        ("国网重庆市电力公司市区供电分公司", ["国网重庆市电力公司", "市区供电分公司"]),
        ("四川省成都市锦江区就业服务管理局", ["四川省成都市锦江区", "就业服务管理局"]),
        ("重庆市万州区职业教育中心江南校区", ["重庆市万州区", "职业教育中心江南校区"]),
        ("重庆市酉阳土家族苗族自治县职业技能鉴定指导中心", ["重庆市酉阳土家族苗族", "自治县职业技能鉴定指导中心"]),
    ],
)
def test_an_institution_is_broken_at_its_joints_and_not_inside_a_word(unit: str, lines: list[str]) -> None:
    given_fields = employer(unit)
    found = values(fit_body(given_fields, fonts()), given_fields)[2]
    assert [line.text for line in found] == lines
    assert {line.row for line in found} <= {5, 6}


def test_continuation_lines_hang_under_the_value_and_only_a_long_one_begins_at_the_left() -> None:
    short, long = (values(fit_body(employer(unit), fonts()), employer(unit))[2] for unit in (UNITS[1], UNITS[3]))
    assert [line.x for line in short] == pytest.approx([5 * 12] * 2)
    assert [line.x for line in long] == pytest.approx([5 * 12, 0])


def test_a_word_is_kept_whole_where_that_costs_no_line() -> None:
    found = body(kind="专项职业能力考核考评员")
    assert (found[2], found[3]) == ("等级：专项职业能力", "考核考评员")


def test_two_fields_below_the_photo_have_a_row_each() -> None:
    five = (*fields()[:2], Field("工作单位", "重庆市第一技师学院", "work_unit"), *employer("重庆市某某技师学院")[2:])
    found = rows(fit_body(five, fonts()))
    assert [found[row] for row in (5, 6)] == ["工作单位：重庆市第一技师学院", "工作单位：重庆市某某技师学院"]


def test_what_is_measured_is_what_is_printed() -> None:
    given_fields = fields("阿不都热依木江·买买提")
    for line in chain.from_iterable(values(fit_body(given_fields, fonts()), given_fields)):
        assert line.width == pytest.approx(natural(line.text) * line.scale)


# Names


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("阿卜杜热合曼·买买提依明", ["阿卜杜热合曼·", "买买提依明"]),
        ("努尔比亚·阿卜杜热合曼·买买提", ["努尔比亚·", "阿卜杜热合曼·买买提"]),
        ("古丽·艾力", ["古丽·艾力"]),
        ("阿不都热依木江·买买提", ["阿不都热依木江·", "买买提"]),  # rather narrower characters than a part cut in two
        ("欧阳娜娜子墨一二", ["欧阳娜娜子墨", "一二"]),  # never one character alone
        ("𠮷𠀀䶮㛃𬭎", ["𠮷𠀀䶮㛃𬭎"]),
    ],
)
def test_a_name_breaks_after_its_dot_first(name: str, lines: list[str]) -> None:
    given_fields = fields(name)
    assert [line.text for line in values(fit_body(given_fields, fonts()), given_fields)[0]] == lines


@given(
    name=st.text("买提艾力古丽阿卜", min_size=1, max_size=20), unit=st.text("重庆市教育局学院", min_size=1, max_size=30)
)
@example(name="买" * 20, unit="庆" * 30)
@settings(deadline=None, max_examples=needs.examples(60))
def test_every_name_of_sixty_bytes_fits_with_an_employer_of_thirty_characters(name: str, unit: str) -> None:
    assert fit_body(employer(unit, name), fonts()).problems == ()


# Squeezing and refusing


def test_lines_are_squeezed_only_where_nothing_else_fits_and_never_below_nine_tenths() -> None:
    long = fields("阿卜杜热合曼·买买提依明", "专项职业能力考核考评员", "甲" * 32)
    scales = [line.scale for line in values(fit_body(long, fonts()), long)[2]]
    assert min(scales) < 1
    assert min(scales) >= 0.9
    assert all(line.size == BODY.size for line in fit_body(long, fonts()).lines)
    assert blamed(*replaced(long, "甲" * 35)) == ["third"]


def replaced(given_fields: tuple[Field, ...], third: str) -> tuple[Field, ...]:
    return (*given_fields[:2], replace(given_fields[2], value=third), *given_fields[3:])


def test_the_field_that_is_too_long_is_blamed_and_not_the_name() -> None:
    third = "互联网营销师（直播销售员）、汽车维修工（汽车机械维修工）、家政服务员、美容师"
    assert blamed(*fields("努尔比亚·阿卜杜热合曼·买买提", "专项职业能力考核考评员", third)) == ["third"]


def test_every_field_that_can_never_fit_is_blamed() -> None:
    given_fields = (*fields("甲" * 90)[:4], Field("有效期至", "2029年11月27日" * 2, "expires_on"))
    assert blamed(*given_fields) == ["name", "expires_on"]


def test_number_and_validity_are_never_broken_but_may_be_squeezed() -> None:
    number = "S5001232300010000000"
    given_fields = (*fields()[:3], Field("证卡编号", number, "number"), fields()[4])
    (line,) = values(fit_body(given_fields, fonts()), given_fields)[3]
    assert (line.row, line.text) == (7, number)
    assert line.scale == pytest.approx((FULL - 6.5 * 12) / fonts().width(number, 12))
    assert blamed(*given_fields[:3], Field("证卡编号", number + "12", "number"), given_fields[4]) == ["number"]


# What holds for every card

texts = st.text(
    st.one_of(st.sampled_from("重庆市某某职业技能培训学校有限公司"), st.sampled_from("·、，（）“”《》AbZ09-. ")),
    min_size=1,
    max_size=44,
).filter(lambda text: text == text.strip())


@given(
    name=st.text("买提艾力古丽·", min_size=1, max_size=20),
    kind=st.sampled_from(["高级考评员", "考评员", "专项职业能力考核考评员", "外部质量督导员"]),
    third=texts,
    label=st.sampled_from(["职业（工种）", "工作单位", "聘用机构"]),
)
@settings(deadline=None, max_examples=needs.examples(300))
def test_every_body_keeps_the_rules_of_the_card(name: str, kind: str, third: str, label: str) -> None:
    given_fields = fields(name, kind, third, label=label)
    fitted = fit_body(given_fields, fonts())
    if fitted.problems:
        assert fitted.lines == ()
        assert {problem.field for problem in fitted.problems} <= {field.name for field in given_fields}
        return
    for field, lines in zip(given_fields, values(fitted, given_fields), strict=True):
        assert "".join(line.text for line in lines) == field.value
        assert [line.row for line in lines] == list(range(lines[0].row, lines[0].row + len(lines)))
        keeps_the_line_rules([line.text for line in lines], measure=FULL - lines[0].x)
    all_rows = [line.row for line in fitted.lines]
    assert all_rows == sorted(all_rows)
    for line in fitted.lines:
        assert 0.9 <= line.scale <= 1
        if not line.spread and not line.text.endswith("："):
            assert line.width == pytest.approx(natural(line.text) * line.scale)
        assert line.x + line.width <= (NARROW if line.row < 5 else FULL) + 1e-6
    starts = [lines[0].row for lines in values(fitted, given_fields)]
    assert starts in ([0, 2, 5, 7, 8], [0, 3, 5, 7, 8])
    assert starts[1] == 2 or natural(name) > (7 + 10) * 12


def keeps_the_line_rules(lines: list[str], measure: float, *, bold: bool = False) -> None:
    """GB/T 15834-2011 5.1 and CARD: which marks may begin or end a line, no lone character, no broken run."""
    text, end = "".join(lines), 0
    whole = [run.span() for run in RUN.finditer(text) if natural(run[0], bold=bold) <= measure + 1e-6]
    for before, after in pairwise(lines):
        end += len(before)
        assert before[-1] not in OPENING_MARKS
        if any(start < end < stop for start, stop in whole):
            raise AssertionError(f"{before!r} / {after!r} breaks a run that a line would hold")
        assert after[0] not in MARKS or RUN.match(before[-1] + after[0])  # a mark within an overlong run
    if len(lines) > 1 and sum(character not in MARKS for character in text) > 1:
        assert sum(character not in MARKS for character in lines[-1]) > 1


# Centred blocks


def test_a_title_line_is_centred() -> None:
    """督附5 rows 2 and 3: 16 pt bold."""
    (line,) = fit_block("考评人员证", TITLE, 198, 1, fonts(), field="title").lines
    assert (line.text, line.size, line.bold, line.scale) == ("考评人员证", 16, True, 1)
    assert line.x == pytest.approx((198 - 5 * 16) / 2)


def test_a_title_line_too_wide_is_squeezed_then_refused() -> None:
    (line,) = fit_block("重" * 13, TITLE, 198, 1, fonts(), field="title").lines
    assert line.scale == pytest.approx(198 / (13 * 16))
    assert line.x == pytest.approx(0)
    refused = fit_block("重" * 14, TITLE, 198, 1, fonts(), field="title")
    assert refused.lines == ()
    assert [problem.field for problem in refused.problems] == ["title"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("印制单位：重庆市职业技能鉴定中心", ["印制单位：重庆市职业技能鉴定中心"]),
        ("印制单位：重庆市职业技能鉴定指导中心", ["印制单位：", "重庆市职业技能鉴定指导中心"]),
        ("仅限重庆市某某职业技能培训学校有限公司内部使用", ["仅限重庆市某某职业技能培训学校", "有限公司内部使用"]),
    ],
)
def test_centred_lines_are_balanced_and_break_after_marks_first(text: str, lines: list[str]) -> None:
    fitted = fit_block(text, PRINTER, 198, 3, fonts(), field="printer")
    assert [line.text for line in fitted.lines] == lines
    assert [line.row for line in fitted.lines] == list(range(len(lines)))
    for line in fitted.lines:
        assert 2 * line.x + line.width == pytest.approx(198)


def test_an_address_longer_than_a_line_is_broken_inside_as_a_last_resort() -> None:
    address = "https://" + "zhengka." * 6 + "cn/lookup"
    fitted = fit_block(address, PRINTER, 198, 3, fonts(), field="check_at")
    assert "".join(line.text for line in fitted.lines) == address
    assert len(fitted.lines) == 3


@given(text=texts, width=st.floats(60, 220), max_lines=st.integers(1, 6))
@settings(deadline=None, max_examples=needs.examples(300))
def test_every_block_keeps_the_line_rules(text: str, width: float, max_lines: int) -> None:
    fitted = fit_block(text, PRINTER, width, max_lines, fonts(), field="printer")
    if fitted.problems:
        assert fitted.lines == ()
        return
    assert "".join(line.text for line in fitted.lines) == text
    assert len(fitted.lines) <= max_lines
    keeps_the_line_rules([line.text for line in fitted.lines], measure=width, bold=True)
    for line in fitted.lines:
        assert line.scale >= 0.9
        assert line.x >= -1e-6
        assert line.width <= width + 1e-6
        assert line.width == pytest.approx(natural(line.text, bold=True) * line.scale)
