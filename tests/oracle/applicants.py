"""Applicants drawn at random, with dates, ages, certificates and earlier cards that come close to every limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Final, TypeVar

from tests.oracle.regulation import ASSESSORS, Applicant, Earlier, Row, months_on, years_on

T = TypeVar("T")

DAY: Final = timedelta(days=1)
KINDS: Final = ("senior", "standard", "special_skill", "external", "internal")
TYPES: Final = ("电工", "焊工", "车工", "中式烹调师")
PLACE: Final = "500123"
NOWHERE: Final = "500999"
NEAR: Final = (-1, 0, 1)
FIRST_DAY: Final = date(2024, 1, 1)


class Draw:
    """Chances by name; a ``Random`` of Hypothesis makes them shrink."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *of: T) -> T:
        return self.random.choice(of)

    def often(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def near(self, day: date) -> date:
        return day + self.one(*NEAR) * DAY

    def some(self, of: tuple[T, ...], most: int) -> tuple[T, ...]:
        return tuple(self.random.sample(of, self.random.randint(1, most)))

    def day(self, first: int, last: int) -> timedelta:
        return self.random.randint(first, last) * DAY


def draw_applicant(random: Random) -> Applicant:
    """Draw a person, what the office holds of them, and the one or two rows they hand in."""
    draw = Draw(random)
    issue = FIRST_DAY + draw.day(0, 1500)
    kind = draw.one(*KINDS)
    types = _types(draw, kind)
    cards = _cards(draw, kind, types, issue)
    certified = _certified(draw, issue, cards)
    applied = _applied(draw, certified, cards)
    born = _born(draw, applied or certified)
    rows = [_row(draw, kind, types, certified, applied, born)]
    if draw.often(25):
        second = draw.one(*KINDS)
        again = certified if draw.often(60) else certified - draw.day(0, 30)
        then = applied if draw.often(60) else again - draw.day(0, 60)
        rows.append(_row(draw, second, _types(draw, second), again, then, born))
    application = applied or certified
    recorded = {
        name: tuple(application - draw.day(-2, 300) for _ in range(draw.one(1, 2, 3, 4)))
        for name in TYPES
        if draw.often(25)
    }
    return Applicant(
        born=born,
        is_man=draw.often(50),
        rows=tuple(_with_known_cards(draw, row, cards) for row in rows),
        issue=issue,
        cards=cards,
        recorded=recorded,
        cards_of_others=frozenset({"22310020777"}) if draw.often(50) else frozenset(),
        notice=draw.often(5),
    )


def _types(draw: Draw, kind: str) -> tuple[str, ...]:
    if kind in ASSESSORS:
        return draw.some(TYPES, 3 if draw.often(5) else 2)
    return ("external",) if kind == "external" else (f"internal:{PLACE}",)


def _certified(draw: Draw, issue: date, cards: tuple[Earlier, ...]) -> date:
    anchors: list[Callable[[], date]] = [
        lambda: issue - draw.day(0, 60),
        lambda: issue - draw.day(0, 60),
        lambda: draw.near(months_on(issue, -12)),
        lambda: draw.near(issue),
        lambda: issue - draw.day(300, 1500),
    ]
    anchors += [lambda card=card: draw.near(months_on(card.expires, -6)) for card in cards]
    anchors += [lambda card=card: draw.near(card.issued) for card in cards]
    weights = [6, 6, 2, 1, 1, *[2] * len(cards), *[1] * len(cards)]
    return draw.random.choices(anchors, weights)[0]()


def _applied(draw: Draw, certified: date, cards: tuple[Earlier, ...]) -> date | None:
    decided = [card.decided or card.ended for card in cards if card.state == "revoked"]
    if decided and draw.often(50):
        return draw.near(years_on(max(day for day in decided if day is not None), 3) + DAY)
    return draw.one(
        *[None] * 3,
        *[certified - draw.day(0, 90) for _ in range(10)],
        draw.near(months_on(certified, -12)),
        certified + DAY,
        certified - draw.day(300, 2000),
    )


def _born(draw: Draw, application: date) -> date:
    if draw.often(80):
        return years_on(application, -draw.random.randint(22, 58)) - draw.day(0, 364)
    return draw.one(
        draw.near(years_on(application, -16)),
        draw.near(years_on(application, -66)),
        draw.near(years_on(application, -61)),
        years_on(application, -draw.random.randint(59, 67)) - draw.day(0, 364),
        draw.near(application),
        application + draw.day(1, 4000),
        date(application.year - 30 - (application.year - 30) % 4, 2, 29),
    )


def _row(draw: Draw, kind: str, types: tuple[str, ...], certified: date, applied: date | None, born: date) -> Row:
    since_sixteen = (applied or certified).year * 12 + (applied or certified).month - (born.year + 16) * 12 - born.month
    about = max(0, min(950, since_sixteen))
    years = (None, 0, 1, 11, 12, 23, 24, 59, 60, 61, 96, 120, about - 1, about, about + 1)

    def duration(likely: int) -> int | None:
        months = likely if draw.often(70) else draw.one(*years)
        return None if months is None else max(0, months)

    def marks() -> tuple[float, ...] | None:
        if draw.often(3):
            return None
        return tuple(draw.one(60, 75, 75, 88.5, 88.5, 100, 59.5) if draw.often(20) else 80 for _ in types)

    excepted = draw.often(12)
    articles = frozenset(draw.some(("考§7(2)4", "考§11"), 2)) if excepted else frozenset()
    certificates = types if draw.often(50) else draw.one((), (), draw.some(TYPES, 2))
    registered = kind != "internal" or draw.often(95)
    return Row(
        kind=kind,
        types=types if registered else (f"internal:{NOWHERE}",),
        certified=certified,
        applied=applied,
        notice=draw.often(8),
        reviewer=draw.often(97),
        registered_place=registered,
        hr_staff=draw.one(*(True, None)) if draw.often(4) else False,
        score=draw.one(None, 59.5, 60, 60, 75, 90) if draw.often(50) else 80,
        theory=marks(),
        skill=marks() if not excepted or draw.often(50) else None,
        review=marks(),
        level=draw.one("1", "1", "特级", "首席", "2", "3", "4", None) if draw.often(60) else "1",
        title=draw.one(None, None, None, "高级", "中级", "初级"),
        certificates=certificates if kind in ASSESSORS else (),
        related=draw.often(15),
        held_months=duration(36),
        work_months=duration(min(96, about)),
        artisan=draw.often(40),
        standard_card=draw.one(None, "22310020901", "22310020901", "22310020777", "22310030902"),
        assessor_months=duration(24),
        assessments=draw.one(None, 0, 1, 2, 3, 3, 5, 5),
        articles=articles,
        document=excepted and draw.often(85),
        special_kind=excepted and draw.often(85),
        adjusts=frozenset(draw.some(("证书", "年限", "考评次数"), 3)) if excepted and draw.often(85) else frozenset(),
    )


def _with_known_cards(draw: Draw, row: Row, cards: tuple[Earlier, ...]) -> Row:
    """Let a senior sometimes state a card that the office holds."""
    own = [card.number for card in cards if card.kind in ASSESSORS]
    if not own or not draw.often(30):
        return row
    return Row(**{**row.__dict__, "standard_card": draw.one(*own)})


def _cards(draw: Draw, kind: str, types: tuple[str, ...], issue: date) -> tuple[Earlier, ...]:
    how_many = draw.random.choices((0, 1, 2, 3), (45, 30, 18, 7))[0]
    return tuple(_card(draw, place, kind, types, issue) for place in range(1, how_many + 1))


def _card(draw: Draw, place: int, kind: str, types: tuple[str, ...], issue: date) -> Earlier:
    its_kind = kind if draw.often(50) else draw.one("standard", "standard", *KINDS)
    issued = draw.one(
        issue - draw.day(1, 3000),
        issue - draw.day(1000, 1300),
        draw.near(years_on(issue, -3)),
        draw.near(months_on(issue, -30)),
        draw.near(years_on(issue, -1)),
        issue + draw.day(1, 20),
    )
    its_types = types if its_kind in ASSESSORS and kind in ASSESSORS and draw.often(50) else _types(draw, its_kind)
    its_types = its_types[:2]
    state = draw.random.choices(("valid", "superseded", "revoked", "voided"), (60, 12, 20, 8))[0]
    ended = None if state == "valid" else draw.one(issued, issued + draw.day(0, 900), draw.near(years_on(issue, -3)))
    ended = None if ended is None else max(ended, issued)
    late = state == "revoked" and ended is not None and draw.often(50)
    half = state == "valid" and len(its_types) > 1 and draw.often(30)
    dated = draw.often(70)
    certified = issued - draw.day(0, 40)
    return Earlier(
        number=_number(its_kind, issued, place),
        kind=its_kind,
        types=frozenset(its_types),
        issued=issued,
        expires=years_on(issued, 3),
        state=state,
        ended=ended,
        decided=max(issued, ended - draw.day(0, 200)) if late and ended is not None else None,
        corrected=state == "revoked" and draw.often(20),
        given_up=frozenset(its_types if state == "superseded" else its_types[:1] if half else ()),
        certified=certified if dated else None,
        applied=certified - draw.day(0, 60) if dated else None,
    )


def _number(kind: str, issued: date, place: int) -> str:
    if kind == "external":
        return f"R50{issued:%y}{place:04d}"
    if kind == "internal":
        return f"S{PLACE}{issued:%y}{place:04d}"
    return f"{issued:%y}3100{3 - ASSESSORS.index(kind)}{place:04d}"
