"""How a case ends without a cancellation: the failed result was wrong, and is put right. 督§19(1), 考§21(1).

The text says 予以取消: a case ends with the cancellation or a corrected result, never with the failed one standing.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.forms import FormName, ReviewForm
from service.domain.kinds import CardKind
from service.domain.review import Entry, Grade, RecordRefused, check_evaluation, check_points, grade_of


def corrected_result(
    entry: Entry, kind: CardKind, form: ReviewForm | None, result: Grade | None, points: Sequence[int]
) -> Grade:
    """Return what a failed result is corrected to: a sheet by its points anew, an evaluation by its result.

    ``form`` is the sheet's. Raises RecordRefused. 督§19(1), 考§21(1).
    """
    if form is not None:
        if not points:
            raise RecordRefused(
                "须填更正后的各项得分", "state the corrected points of the sheet's rows", code="case-correction"
            )
        check_points(form, points)
        grade = grade_of(FormName(entry.article), sum(points))
    else:
        if result is None or points:
            raise RecordRefused(
                "须填更正后的结果：合格或优秀",
                "state the corrected result, passed or excellent",
                code="case-correction",
            )
        check_evaluation(kind, result)
        grade = result
    if grade is Grade.FAILED:
        raise RecordRefused(
            "更正后仍为不合格，应予取消资格（督§19(1)、考§21(1)），不能办结",
            "the corrected result is still a failed one: the qualification is to be cancelled (督§19(1), 考§21(1))",
            code="case-still-failed",
        )
    return grade
