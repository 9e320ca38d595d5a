"""Line breaking against an exhaustive search over all ways to cut short texts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cardlayout.kerning import kerns
from cardlayout.linebreak import MIN_SCALE, Paragraph
from tests import needs

NO_START = set("，、·）》 .")
NO_END = set("（《")

texts = st.text("重庆市学校、·，（）《》Ab1. ", min_size=1, max_size=11)
measures = st.lists(st.integers(1, 7), min_size=1, max_size=4)


def width(character: str) -> float:
    return 0.5 if character.isascii() else 1.0


def natural(line: str) -> float:
    kept = line.rstrip()
    return sum(map(width, kept)) - sum(kerns(kept))


def joins(character: str) -> bool:
    return character.isascii() and not character.isspace()


def all_settings(text: str, room: list[int], limit: float) -> Iterator[tuple[str, ...]]:
    """Yield every way to cut the text that the rules allow, lines being at most `limit` times their measure."""
    kept = [at for at, character in enumerate(text) if character not in NO_START]
    for count in range(min(len(room), len(text))):
        for inner in combinations(range(1, len(text)), count):
            cuts = (0, *inner, len(text))
            lines = tuple(text[a:b] for a, b in pairwise(cuts))
            if all(natural(line) <= measure * limit + 1e-6 for line, measure in zip(lines, room, strict=False)) and (
                all(
                    text[at] not in NO_START
                    and text[at - 1] not in NO_END
                    and not (joins(text[at]) and joins(text[at - 1]))
                    for at in inner
                )
                and (count == 0 or cuts[-2] <= (kept[-2] if len(kept) > 1 else 0))
            ):
                yield lines


def has_overlong_run(text: str, room: list[int]) -> bool:
    """Return whether a run is wider than every line, which the exhaustive search knows nothing of."""
    runs = "".join(character if joins(character) else " " for character in text).split()
    return any(natural(run) > max(room) for run in runs)


@given(text=texts, room=measures)
@settings(deadline=None, max_examples=needs.examples(400))
def test_a_setting_is_found_whenever_there_is_one(text: str, room: list[int]) -> None:
    if has_overlong_run(text, room):
        return
    paragraph = Paragraph(text, width)
    for squeeze in (False, True):
        possible = set(all_settings(text, room, 1 / MIN_SCALE if squeeze else 1))
        found = paragraph.settings(room, squeeze=squeeze)
        assert {tuple(line.text for line in setting.lines) for setting in found} <= possible
        assert bool(found) == bool(possible)


@given(text=texts, room=measures, centred=st.booleans())
@settings(deadline=None, max_examples=needs.examples(200))
def test_a_bound_changes_nothing_but_what_it_rules_out(text: str, room: list[int], centred: bool) -> None:  # noqa: FBT001  # drawn
    paragraph = Paragraph(text, width)
    free = paragraph.settings(room, squeeze=True, centred=centred)
    if not free or len(free[0].lines) == 1:
        return
    bound = min(setting.cost for setting in free)
    assert paragraph.settings(room, squeeze=True, centred=centred, below=bound) == ()
    assert (
        paragraph.settings(room, squeeze=True, centred=centred, below=math.nextafter(bound, math.inf))[-1] == free[-1]
    )


def test_of_equal_breaks_the_fuller_line_comes_first() -> None:
    (setting,) = Paragraph("甲乙丙丁戊己", width).settings([4, 4])
    assert [line.text for line in setting.lines] == ["甲乙丙丁", "戊己"]


def test_spaces_at_the_end_of_a_line_take_no_room() -> None:
    (setting,) = Paragraph("甲乙丙 丁戊", width).settings([3, 3])
    assert [(line.text, line.width) for line in setting.lines] == [("甲乙丙 ", 3), ("丁戊", 2)]


def test_a_run_wider_than_every_line_is_broken_inside() -> None:
    (setting,) = Paragraph("ABCDEFGH", width).settings([3, 3])
    assert [line.text for line in setting.lines] == ["ABCDEF", "GH"]
