"""Reading of one roster row: an application, or every problem of the row at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from service.domain.application import cells, figures
from service.domain.application.headings import HEADING_OF, HEADINGS
from service.domain.application.model import Application, Cell, Evidence, ExceptionArticle, MalformedRow, RawRow
from service.domain.errors import DomainError
from service.domain.job_types import dropped_codes, new_job_types, parse_occupations
from service.domain.kinds import CardKind
from service.domain.occupation import (
    Catalogue,
    Occupation,
    OccupationInvalid,
)
from service.domain.problem import Problem
from service.domain.tidy import tidy, tidy_name

_T = TypeVar("_T")

_ARTICLES: Final = {
    "occupations": "考§9",
    "hr_staff": "考§7",
    "theory_score": "考§11",
    "skill_score": "考§11",
    "review_score": "考§11",
    "score": "督§8",
    "exception_kind": "考§7(2)4",
    "exception_adjusts": "考§7(2)4",
    "institution": "督附3",
}
"""The article behind a column that the rule itself demands, for rows where it is empty or unreadable."""

_WORTH_TELLING: Final = (
    "occupations", "theory_score", "skill_score", "review_score", "score", "standard_card", "exception_article",
)  # fmt: skip
"""Columns of other kinds of card whose content, if left unread in silence, could be taken for granted."""


def parse_row(raw: RawRow, catalogue: Catalogue) -> Application | MalformedRow:
    """Read one row; whatever it holds, the answer is a value and nothing is raised.

    Columns that do not concern the row's kind of card are not read. A blank mandatory cell is a problem, never
    a 否. What needs the register, the batch or another row is left to the rules.
    """
    row = RowReader(raw)
    name = row.mandatory("name", cells.read_person_name)
    resident_id = row.mandatory("resident_id", cells.read_resident_id)
    kind = row.mandatory("kind", cells.read_kind)
    row.kind = kind
    work_unit = row.mandatory("work_unit", cells.read_unit_name)
    certified_on = row.mandatory("certified_on", figures.read_date)
    institution = row.demanded("institution", cells.read_institution_code, when=kind is CardKind.INTERNAL)
    occupations = (
        row.demanded("occupations", partial(read_occupations, catalogue=catalogue), when=row.is_assessor) or ()
    )
    applied_on = row.optional("applied_on", figures.read_date)
    evidence = _evidence(row, len(occupations), catalogue) if row.is_assessor else Evidence()
    application = partial(
        Application,
        row=raw.row,
        occupations=occupations,
        institution=institution,
        applied_on=applied_on,
        notice=row.optional("notice", cells.read_text),
        score=row.optional("score", figures.read_score),
        evidence=evidence,
        in_house=row.optional("in_house", cells.read_answer),
        recommended_by=row.optional("recommended_by", cells.read_text),
        reviewed_by=row.optional("reviewed_by", cells.read_person_name),
        number=row.optional("number", cells.read_card_number),
        number_reason=row.optional("number_reason", cells.read_text),
        phone=row.optional("phone", cells.read_phone),
        photo=row.optional("photo", cells.read_photo_name),
        portrait_consent=row.optional("portrait_consent", cells.read_answer) or False,
        notices=row.notices(catalogue),
        new_job_types=row.new_job_types(catalogue),
    )
    if row.problems or name is None or resident_id is None or kind is None or work_unit is None or certified_on is None:
        shown = name or shown_name(raw.cells.get("name"))
        return MalformedRow(
            raw.row,
            shown,
            row.all_problems(),
            resident_id,
            kind,
            occupations,
            institution,
            certified_on,
            applied_on,
        )
    return application(name=name, resident_id=resident_id, kind=kind, work_unit=work_unit, certified_on=certified_on)


def _evidence(row: RowReader, occupations: int, catalogue: Catalogue) -> Evidence:
    read_scores = partial(figures.read_scores, occupations=occupations)
    exceptions = row.optional("exception_article", cells.read_articles) or frozenset()
    graded, adjusting = ExceptionArticle.FORM not in exceptions, ExceptionArticle.CONDITIONS in exceptions
    return Evidence(
        hr_staff=row.demanded("hr_staff", cells.read_answer, when=True),
        theory_scores=row.demanded("theory_score", read_scores, when=graded) or (),
        skill_scores=row.demanded("skill_score", read_scores, when=graded) or (),
        review_scores=row.demanded("review_score", read_scores, when=graded and row.kind is CardKind.SENIOR) or (),
        level=row.optional("qualification_level", cells.read_level),
        title=row.optional("title", cells.read_title),
        qualification_occupations=row.optional(
            "qualification_occupation", partial(read_occupations, catalogue=catalogue)
        )
        or (),
        related_basis=row.optional("related_basis", cells.read_text),
        qualification_months=row.optional("qualification_years", figures.read_months),
        occupation_months=row.optional("occupation_years", figures.read_months),
        artisan=row.optional("artisan", cells.read_text),
        standard_card=row.optional("standard_card", cells.read_card_number),
        assessor_months=row.optional("assessor_years", figures.read_months),
        assessments_done=row.optional("assessments_done", figures.read_count),
        exceptions=exceptions,
        exception_basis=row.demanded("exception", cells.read_document, when=bool(exceptions)),
        exception_kind=row.demanded("exception_kind", cells.read_exception_kind, when=adjusting),
        exception_adjusts=row.demanded("exception_adjusts", cells.read_adjusted, when=adjusting) or frozenset(),
    )


class RowReader:
    """Reads the cells of one row and keeps the problems met on the way."""

    __slots__ = ("_cells", "_given", "_row", "kind", "problems")

    def __init__(self, raw: RawRow) -> None:
        self._row = raw
        self._given = {problem.field for problem in raw.problems}
        self._cells = {field: cell for field, cell in raw.cells.items() if not _is_blank(cell)}
        self.kind: CardKind | None = None
        self.problems: list[Problem] = list(raw.problems)

    @property
    def is_assessor(self) -> bool:
        """Return whether the row is for an assessor's card, as far as it says."""
        return self.kind is not None and self.kind.is_assessor

    def mandatory(self, field: str, read: Callable[[Cell], _T]) -> _T | None:
        """Read a cell no row may leave empty."""
        return self._read(field, read, needed=True)

    def demanded(self, field: str, read: Callable[[Cell], _T], *, when: bool) -> _T | None:
        """Read a cell that must be filled in this row ``when`` a rule demands it."""
        return self._read(field, read, needed=when) if self._concerns(field) else None

    def optional(self, field: str, read: Callable[[Cell], _T]) -> _T | None:
        """Read a cell that may be empty; columns for other kinds of card are left alone."""
        return self._read(field, read, needed=False) if self._concerns(field) else None

    def unexpected(self, *fields: str) -> None:
        """Refuse cells that only a cancelled card has, in a row that does not call it so. 督§19, 考§21."""
        self.problems += [
            _problem(field, "cancellation-contradicts", "状态不是“已取消”", "the state does not say cancelled")
            for field in fields
            if field in self._cells
        ]

    def all_problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the roster's columns."""
        return tuple(sorted(self.problems, key=lambda problem: _COLUMN.get(problem.field, len(_COLUMN))))

    def notices(self, catalogue: Catalogue) -> tuple[Problem, ...]:
        """Return what was left unread, and which codes the catalogue does not know."""
        unread = [f for f in _WORTH_TELLING if f in self._cells and self.kind and not self._concerns(f)]
        told = [_unread(field, self.kind) for field in unread if self.kind]
        cell = self._cells.get("occupations")
        if self.is_assessor and isinstance(cell, str):
            told += [_dropped_code(*stated, catalogue) for stated in dropped_codes(cell, catalogue)]
        unit = self._cells.get("work_unit")
        if self.kind is not None and not self.is_assessor and isinstance(unit, str) and is_left_out(unit):
            told.append(_unit_left_out())
        return tuple(told)

    def new_job_types(self, catalogue: Catalogue) -> tuple[str, ...]:
        """Return the names of job types that nobody knows yet."""
        cell = self._cells.get("occupations")
        return new_job_types(cell, catalogue) if self.is_assessor and isinstance(cell, str) else ()

    def _concerns(self, field: str) -> bool:
        return self.kind is None or self.kind in HEADING_OF[field].kinds

    def _read(self, field: str, read: Callable[[Cell], _T], *, needed: bool) -> _T | None:
        if field in self._given:
            return None
        cell = self._cells.get(field)
        if cell is None:
            if needed:
                self.problems.append(_problem(field, "cell-missing", "未填写", "is empty"))
            return None
        try:
            cells.check_visible_cell(cell)
            value = read(cell)
        except DomainError as error:
            self.problems.append(_problem(field, error.code, error.zh, error.en))
            return None
        return value


NOT_IN_CODE: Final = "work-unit-not-in-code"
"""The notice that a work unit is printed and stands in no code."""

_COLUMN: Final = {heading.field: index for index, heading in enumerate(HEADINGS)}


def _problem(field: str, code: str, zh: str, en: str) -> Problem:
    return Problem(code, field, _ARTICLES.get(field, ""), f"{HEADING_OF[field].zh}：{zh}", f"{field}: {en}")


def _unread(field: str, kind: CardKind) -> Problem:
    return _problem(field, "cell-not-used", f"不适用于{kind.zh}，未采用", f"does not concern an {kind.en}, not used")


def is_left_out(unit: str) -> bool:
    """Return True for a work unit that is too long for the code on the card (credential key -8)."""
    return len(tidy_name(unit).encode("utf-8", "replace")) > cells.MAX_UNIT_BYTES


def _unit_left_out() -> Problem:
    return _problem(
        "work_unit",
        NOT_IN_CODE,
        f"超过 {cells.MAX_UNIT_BYTES} 字节（{cells.MAX_UNIT_BYTES // 3} 个汉字），照印在证卡上，二维码中不含",
        f"more than {cells.MAX_UNIT_BYTES} bytes: printed on the card, and left out of its code",
    )


def _dropped_code(code: str, name: str, catalogue: Catalogue) -> Problem:
    known = catalogue.name_of(code)
    if known is None:
        return _problem(
            "occupations",
            "occupation-code-not-in-catalogue",
            f"职业目录中没有编码 {code}，证卡只记名称",
            f"the catalogue has no code {code}: the card carries the name alone",
        )
    return _problem(
        "occupations",
        "occupation-trade",
        f"职业目录中 {code} 是“{known}”；“{name}”作为工种或旧版名称照原样印制，证卡不记编码",
        f"the catalogue has {code} as {known!r}; {name!r}, a trade or an earlier name, is kept as stated, without code",
    )


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not tidy(cell))


def shown_name(cell: Cell) -> str:
    """Show a name that was refused, as far as it is text."""
    return tidy(cell)[:30] if isinstance(cell, str) else ""


def read_occupations(cell: Cell, catalogue: Catalogue) -> tuple[Occupation, ...]:
    """Read the job types of a cell, at least one. Raises OccupationInvalid."""
    occupations = parse_occupations(cells.as_text(cell), catalogue)
    if not occupations:
        raise OccupationInvalid("未填写职业（工种）名称", "holds no name of a job type", code="cell-missing")
    return occupations
