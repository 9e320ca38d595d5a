from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from service.domain.application import Application, Cell, RawRow, Title, parse_row
from service.domain.kinds import CardKind, SkillLevel
from tests.domain.applicants import CATALOGUE, ROWS, application, malformed, problems, resident_id


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("高级考评员", CardKind.SENIOR),
        (" 考评员 ", CardKind.STANDARD),
        ("专项职业能力考核考评员", CardKind.SPECIAL_SKILL),
        ("外部质量督导员", CardKind.EXTERNAL),
        ("外督", CardKind.EXTERNAL),
        ("外部质量督导员 (外督)", CardKind.EXTERNAL),
        ("外部质量督导员（外督）", CardKind.EXTERNAL),
        ("内部质量督导员", CardKind.INTERNAL),
        ("内督", CardKind.INTERNAL),
        ("Special_Skill", CardKind.SPECIAL_SKILL),
    ],
)
def test_reads_every_name_of_a_kind(text: str, kind: CardKind) -> None:
    everything = {**ROWS["senior"], **ROWS["internal"], "kind": text}
    read = parse_row(RawRow(2, everything), CATALOGUE)
    assert isinstance(read, Application)
    assert read.kind is kind


@pytest.mark.parametrize("text", ["质量督导员", "督导员", "高级", "assessor", 3])
def test_refuses_a_kind_with_two_readings(text: str) -> None:
    assert problems("standard", kind=text) == [("kind", "kind-unknown")]


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 3, 1),
        datetime(2024, 3, 1, 9, 30),  # noqa: DTZ001 - spreadsheets know no time zones
        "2024-03-01",
        "2024/3/1",
        "2024.3.1",
        "2024年3月1日",
        "２０２４－０３－０１",
        " 2024 年 3 月 1 日 ",
        "20240301",
        20240301,
        20240301.0,
        "2024-03-01 00:00:00",
    ],
)
def test_reads_a_date_in_every_usual_form(cell: Cell) -> None:
    assert application("external", certified_on=cell, applied_on=None).certified_on == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("24-03-01", "date-two-digit-year"),
        ("24年3月1日", "date-two-digit-year"),
        ("24.3.1", "date-two-digit-year"),
        ("240301", "date-unreadable"),
        ("3/1/2024", "date-unreadable"),
        ("2024-02-30", "date-unreadable"),
        ("2024-3/1", "date-unreadable"),
        ("2024-03", "date-unreadable"),
        ("2024-03-01 09:00", "date-unreadable"),
        (45352, "date-unreadable"),
        (2024.3, "date-unreadable"),
        ("昨天", "date-unreadable"),
        (True, "text-expected"),
        ("0000-01-01", "date-unreadable"),
        ("1899-12-31", "date-out-of-range"),
        ("2204-03-01", "date-out-of-range"),
        (date(9999, 12, 31), "date-out-of-range"),
        (datetime(1899, 12, 31), "date-out-of-range"),  # noqa: DTZ001 - as above; a lone time in a spreadsheet
    ],
)
def test_refuses_a_date_that_is_none_or_ambiguous(cell: Cell, code: str) -> None:
    assert problems("external", certified_on=cell) == [("certified_on", code)]


@pytest.mark.parametrize(
    ("cell", "scores"),
    [
        (85, ["85", "85"]),
        ("85;90", ["85", "90"]),
        ("85；90", ["85", "90"]),
        ("８５；９０分", ["85", "90"]),
        ("85、90.5", ["85", "90.5"]),
        (59.5, ["59.5", "59.5"]),
        ("0", ["0", "0"]),
        (100, ["100", "100"]),
    ],
)
def test_reads_scores_in_the_order_of_the_job_types(cell: Cell, scores: list[str]) -> None:
    read = application("standard", occupations="电工、焊工", theory_score=cell)
    assert read.evidence.theory_scores == tuple(map(Decimal, scores))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("85;90;70", "scores-count"),
        (101, "score-unreadable"),
        (-1, "score-unreadable"),
        ("合格", "score-unreadable"),
        ("nan", "score-unreadable"),
        (float("nan"), "score-unreadable"),
        (float("inf"), "score-unreadable"),
        (True, "score-unreadable"),
        (59.99999999999999, "score-unreadable"),
        (date(2024, 3, 1), "text-expected"),
        ("8 5;9_0", "score-unreadable"),
    ],
)
def test_refuses_scores_that_cannot_be_told(cell: Cell, code: str) -> None:
    assert problems("standard", occupations="电工、焊工", theory_score=cell) == [("theory_score", code)]


def test_two_scores_for_one_job_type_are_refused() -> None:
    assert problems("standard", theory_score="85;90") == [("theory_score", "scores-count")]


@pytest.mark.parametrize(("cell", "answer"), [("是", True), ("否", False), (True, True), (False, False), ("NO", False)])
def test_reads_yes_and_no(cell: Cell, *, answer: bool) -> None:
    assert application("standard", hr_staff=cell).evidence.hr_staff is answer


@pytest.mark.parametrize(
    ("cell", "code"), [(None, "cell-missing"), ("  ", "cell-missing"), ("无", "answer-unknown"), (0, "answer-unknown")]
)
def test_a_blank_or_odd_answer_is_never_a_no(cell: Cell, code: str) -> None:
    """考§7: whether the applicant serves in an HR authority has to be said."""
    refused = malformed("standard", hr_staff=cell)
    assert [(p.field, p.code, p.article) for p in refused.problems] == [("hr_staff", code, "考§7")]


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        (1, SkillLevel.ONE),
        ("１", SkillLevel.ONE),
        ("一级/高级技师", SkillLevel.ONE),
        ("技师", SkillLevel.TWO),
        (3.0, SkillLevel.THREE),
        ("中级工", SkillLevel.FOUR),
        ("5", SkillLevel.FIVE),
        ("特级", SkillLevel.TE),
        ("首席技师", SkillLevel.SHOUXI),
        ("无", None),
    ],
)
def test_reads_a_skill_level(cell: Cell, level: SkillLevel | None) -> None:
    assert application("standard", qualification_level=cell).evidence.level is level


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("正高", Title.SENIOR),
        ("副高级", Title.SENIOR),
        ("高级工程师", Title.SENIOR),
        ("中级", Title.MIDDLE),
        ("工程师", Title.MIDDLE),
        ("助理工程师", Title.JUNIOR),
        ("员", Title.JUNIOR),
        ("初级", Title.JUNIOR),
        ("—", None),
    ],
)
def test_reads_a_title(cell: Cell, title: Title | None) -> None:
    assert application("standard", title=cell).evidence.title is title


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("title", "高级技师", "title-unknown"),  # a skill level, not a title
        ("qualification_level", 6, "level-unknown"),
        ("qualification_level", "高级", "level-unknown"),
        ("exception_article", "考§8", "exception-article-unknown"),
        ("exception_article", "督§14", "exception-article-unknown"),
        ("occupation_years", "很久", "duration-unreadable"),
        ("occupation_years", "半", "duration-unreadable"),
        ("occupation_years", "81年", "duration-too-long"),
        ("occupation_years", -3, "duration-unreadable"),
        ("phone", "微信", "phone-unreadable"),
        ("photo", "../a.jpg", "photo-name"),
        ("photo", "C:a.jpg", "photo-name"),
        ("in_house", "也许", "answer-unknown"),
        ("reviewed_by", "张3", "name-characters"),
        ("applied_on", "24-1-1", "date-two-digit-year"),
        ("institution", "50012", "institution-code"),
        ("institution", 50123, "institution-code"),
        ("qualification_occupation", "6-31-01-03 焊工", "occupation-code-mismatch"),
        ("work_unit", 12, "text-expected"),
        ("number", "R5023", "card-number-malformed"),
        ("related_basis", "x" * 501, "text-too-long"),
    ],
)
def test_refuses_a_cell_and_names_its_column(field: str, cell: Cell, code: str) -> None:
    assert (field, code) in problems("standard", exception="渝人社〔2026〕1号", **{field: cell})


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        (3, 36),
        (1.5, 18),
        ("3年", 36),
        ("1年6个月", 18),
        ("18个月", 18),
        ("1年半", 18),
        ("２", 24),
        (0, 0),
        ("4.99", 59),
    ],
)
def test_reads_years_as_whole_months(cell: Cell, months: int) -> None:
    assert application("standard", occupation_years=cell).evidence.occupation_months == months


def test_eighty_years_are_the_longest_duration() -> None:
    assert application("standard", occupation_years=80).evidence.occupation_months == 960


def test_reads_what_stands_beside_the_rules() -> None:
    read = application(
        "internal", photo="王 小明.JPG", phone="+86 138-0000 0000", in_house="是", recommended_by="渝北区人社局"
    )
    assert (read.photo, read.in_house, read.recommended_by) == ("王 小明.JPG", True, "渝北区人社局")
    assert read.phone == "+86138-00000000"
    assert application("internal", photo=1234, phone=13800000000).photo == "1234"


@pytest.mark.parametrize("kind", ROWS)
def test_only_a_plain_yes_is_consent_to_a_portrait_in_the_code(kind: str) -> None:
    answers: dict[Cell, bool] = {"是": True, True: True, "Yes": True, "否": False, False: False, None: False}
    assert {answer: application(kind, portrait_consent=answer).portrait_consent for answer in answers} == answers
    assert not application(kind).portrait_consent
    unclear: tuple[Cell, ...] = ("同意", "已口头同意", 1, "√")
    for answer in unclear:
        assert [field for field, _ in problems(kind, portrait_consent=answer)] == ["portrait_consent"]


def test_a_truth_value_is_no_word() -> None:
    assert problems("standard", kind=True) == [("kind", "text-expected")]
    assert ("qualification_level", "text-expected") in problems("standard", qualification_level=True)


@pytest.mark.parametrize("cell", ["3", 3, 3.0, "3次"])
def test_reads_a_count(cell: Cell) -> None:
    assert application("senior", assessments_done=cell).evidence.assessments_done == 3


@pytest.mark.parametrize("cell", ["三", 2.5, True, -1])
def test_refuses_what_is_no_count(cell: Cell) -> None:
    assert problems("senior", assessments_done=cell) == [("assessments_done", "count-unreadable")]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" 王小明\n", "王小明"),
        ("王　明", "王明"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿依古丽 • 买买提", "阿依古丽·买买提"),
        ("Anna  Lee", "Anna Lee"),
        ("\uf900明", "豈明"),  # NFC: the compatibility ideograph is composed to the unified one
        ("𬴂〇", "𬴂〇"),
        ("あ", "あ"),
    ],
)
def test_a_name_gets_one_spelling(cell: Cell, name: str) -> None:
    assert application("external", name=cell).name == name


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("王\u202e明", "text-invisible-character"),
        ("王\x07明", "text-invisible-character"),
        ("王\ue000", "text-invisible-character"),
        ("王3", "name-characters"),
        ("=cmd()", "name-characters"),
        ("王" * 21, "text-too-long"),
        (12, "text-expected"),
        (None, "cell-missing"),
        ("·", "name-characters"),
    ],
)
def test_refuses_a_name_that_is_none(cell: Cell, code: str) -> None:
    assert problems("external", name=cell) == [("name", code)]


def test_a_name_of_sixty_bytes_fits_the_credential() -> None:
    assert application("external", name="王" * 20).name == "王" * 20


def test_a_supervisors_unit_that_is_too_long_for_the_code_is_told() -> None:
    """督附4: it is printed whole."""
    assert application("external", work_unit="单" * 30).notices == ()
    long = application("external", work_unit="单" * 31)
    assert (long.work_unit, [notice.code for notice in long.notices]) == ("单" * 31, ["work-unit-not-in-code"])
    assert application("standard", work_unit="单" * 31).notices == ()


@pytest.mark.parametrize(
    "change", [lambda t: t, lambda t: f" {t[:6]} {t[6:]}", lambda t: t.translate({48: "０", 49: "１"})]
)
def test_reads_an_identity_number_as_people_type_it(change: Callable[[str], str]) -> None:
    number = resident_id()
    assert application("external", resident_id=change(str(number))).resident_id == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (500101198505171230, "resident-id-number-cell"),
        (5.0010119850517e17, "resident-id-number-cell"),
        (500101850517123, "resident-id-number-cell"),
        (True, "resident-id-number-cell"),
        ("500101850517123", "resident-id-length"),
        ("50010119850230123X", "resident-id-birth-date"),
        ("500101198505171230", "resident-id-check-digit"),
        (None, "cell-missing"),
    ],
)
def test_refuses_an_identity_number_that_cannot_be_right(cell: Cell, code: str) -> None:
    refused = malformed("external", resident_id=cell)
    assert [(p.field, p.code) for p in refused.problems] == [("resident_id", code)]
    assert "5171" not in refused.problems[0].zh + refused.problems[0].en  # no message shows the number
