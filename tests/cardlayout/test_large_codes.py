"""Backs whose code carries a portrait: versions 19 to 22."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardlayout.card import CARD, DOT, QUIET_ZONE
from cardlayout.check import check
from cardlayout.face import QrContent
from cardlayout.impose import Sheet
from cardlayout.render import Job
from cardlayout.sides import back, module_size, qr_square
from cardlayout.symbol import symbol
from tests.cardlayout.faces import PREFIX, assessor, digits, fonts, internal
from tests.cardlayout.reading import DPI, codes, picture, rendered

LARGE = {19: 1300, 20: 1460, 21: 1550, 22: 1680}  # digits by version


@pytest.mark.parametrize(("version", "count"), LARGE.items())
def test_a_module_keeps_six_dots_and_the_square_holds_the_quiet_zone(version: int, count: int) -> None:
    made = symbol(PREFIX, digits(version, count))
    modules = 17 + 4 * version
    assert made.size == modules
    assert module_size(modules) == 6 * DOT
    assert qr_square(modules) == pytest.approx((modules + 2 * QUIET_ZONE) * 6 * DOT)
    assert qr_square(modules) < CARD.width - 10


@pytest.mark.parametrize(("version", "count"), LARGE.items())
@pytest.mark.parametrize("sheet", Sheet)
def test_the_largest_codes_are_read_from_the_page(version: int, count: int, sheet: Sheet) -> None:
    faces = [
        replace(one(seed), qr=QrContent(PREFIX, digits(seed, count))) for seed, one in ((1, assessor), (2, internal))
    ]
    assert [check(face, fonts()) for face in faces] == [(), ()]
    printed = picture(rendered(faces, fonts(), Job("证卡", sheet)), 1)
    found = codes(printed)
    first = PREFIX + digits(1, count)
    assert first in {code.text for code in found}
    for code in found:
        assert code.side == pytest.approx((17 + 4 * version) * 6 * DOT * DPI / 25.4, abs=4)


def test_a_text_that_the_larger_code_leaves_no_room_for_is_refused_with_it_and_fits_without() -> None:
    face = internal(institution="重庆市某某职业技能培训学校有限公司第一分校")
    larger = replace(face, qr=QrContent(PREFIX, digits(1, LARGE[22])))
    assert check(replace(face, qr=None), fonts()) == ()
    assert [problem.code for problem in check(larger, fonts())] == ["text-does-not-fit"]
    assert back(larger, fonts(), 105).blocks == ()
