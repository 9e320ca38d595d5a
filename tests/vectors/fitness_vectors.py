"""Vectors of ``fit_for_duty``: may the holder of a valid card do this work at this place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.card_view import CardView
from service.domain.fitness import Dispatch, Duty, Engagement, fit_for_duty
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from tests.vectors.signing import Json

PLACE: Final = "500123"
ELSEWHERE: Final = "500124"
ON: Final = date(2026, 6, 1)
NUMBERS: Final = {
    CardKind.SENIOR: "26310010001",
    CardKind.STANDARD: "26310020001",
    CardKind.SPECIAL_SKILL: "26310030001",
    CardKind.EXTERNAL: "R50260001",
    CardKind.INTERNAL: "S500123260001",
}
MILLING: Final = (Occupation("铣工", "6-18-01-02"),)
ALL_PLACES: Final = {"here": PLACE, "elsewhere": ELSEWHERE, "not stated": None}

Case = tuple[str, CardView, Duty]


def fitness() -> Json:
    """Return cards, duties and answers: as any checker gives them, and with what only the register knows."""
    return {
        "about": "fit_for_duty: `offline` without a register, `registered` with what it knows on the day `on`.",
        "offline": [
            {"name": name, "card": _card(view), "duty": duty_json(duty), "fit": fit_for_duty(view, duty, ON).as_json()}
            for name, view, duty in _offline()
        ],
        "registered": [
            {
                "name": name,
                "card": _card(view) | {"institution": view.institution, "in_house": view.in_house},
                "duty": duty_json(duty),
                "on": ON.isoformat(),
                "engagements": [[e.institution, e.since.isoformat(), e.until and e.until.isoformat()] for e in engaged],
                "dispatches": [[d.institution, d.on.isoformat()] for d in sent],
                "fit": fit_for_duty(view, duty, ON, engagements=engaged, dispatches=sent).as_json(),
            }
            for name, view, duty, engaged, sent in _registered()
        ],
    }


def view_of(number: str, occupations: tuple[Occupation, ...] = (), **known: object) -> CardView:
    """Make the view of a card of the number's kind; assessors have 铣工 unless told otherwise."""
    no = CardNumber(number)
    facts: dict[str, object] = {
        "number": no,
        "name": "欧阳娜娜",
        "kind": no.kind,
        "occupations": (occupations or MILLING) if no.kind.is_assessor else (),
        "issuer": no.institution or CENTRE,
        "issuer_name": None,
        "issued_on": date(2026, 3, 2),
        "expires_on": date(2029, 3, 2),
    }
    return CardView(**(facts | known))  # type: ignore[arg-type]


def duty_json(duty: Duty) -> Json:
    """Write a duty as the vectors and the browser have it."""
    return {
        "place": duty.place,
        "occupation": duty.occupation,
        "level": None if duty.level is None else duty.level.value,
    }


def duty_of(content: Json) -> Duty:
    """Read a duty of the vectors."""
    level = content["level"]
    return Duty(content["place"], content["occupation"], None if level is None else SkillLevel(level))


def _card(view: CardView) -> Json:
    return {
        "number": str(view.number),
        "issuer": view.issuer,
        "occupations": [{"name": o.name, "code": o.code} for o in view.occupations],
    }


def _offline() -> Iterator[Case]:
    for kind in (CardKind.SPECIAL_SKILL, CardKind.STANDARD, CardKind.SENIOR):
        for level in SkillLevel:
            yield f"{kind}, level {level}", view_of(NUMBERS[kind]), Duty(PLACE, "铣工", level)
    for kind, number in NUMBERS.items():
        for name, place in ALL_PLACES.items():
            yield f"{kind}, {name}", view_of(number), Duty(place)
        yield f"{kind}, nothing stated", view_of(number), Duty()
        yield f"{kind}, level alone", view_of(number), Duty(level=SkillLevel.THREE)
        yield f"{kind}, job type alone", view_of(number), Duty(occupation="铣工")
        yield f"{kind}, all stated", view_of(number), Duty(PLACE, "铣工", SkillLevel.THREE)
    yield from _job_types()


def _job_types() -> Iterator[Case]:
    held = (
        Occupation("铣工", "6-18-01-02"),
        Occupation("重庆小面制作（专项职业能力）"),
        Occupation("6-31-01-03", "6-31-01-03"),  # a code that has no name here
        Occupation("C++ 程序员·初级"),
    )
    asked = {
        "name": "铣工",
        "code": "6-18-01-02",
        "code in spaces": " 6-18-01-02\n",
        "name in spaces": "\u3000铣工 ",
        "name spread out": "铣 工",
        "brackets half width": "重庆小面制作(专项职业能力)",
        "code without a name": "6-31-01-03",
        "other dot": "C++  程序员・初级",
        "control characters around": "\x1f铣工\x85",
        "byte order mark": "\ufeff铣工",
        "another job type": "焊工",
        "part of the name": "铣",
        "more than the name": "数控铣工",
        "empty": "",
        "only spaces": " \u3000",
        "code of another": "6-18-01-03",
        "code without hyphens": "6180102",
        "full-width code": "６-18-01-02",
        "quotation marks": '‘铣工’ and "铣工"',
        "backslash and line": "铣\\工\n",
        "markup": "<b>铣工</b>",
        "format letters": "{zh} $& %s",
        "rare character": "𬙊工",
        "decomposed": "Ju\u0308rgen",
    }
    for name, occupation in asked.items():
        yield f"job type: {name}", view_of("26310020001", held), Duty(PLACE, occupation, SkillLevel.FOUR)
    one = (Occupation("Jürgen"),)
    yield "job type: composed and decomposed", view_of("26310020001", one), Duty(PLACE, "Ju\u0308rgen", SkillLevel.FOUR)
    twice = view_of("26310030001")
    yield "two rules broken", twice, Duty(None, "焊工", SkillLevel.ONE)
    yield "no outweighs unknown", twice, Duty(None, "铣工", SkillLevel.ONE)
    yield "unruled level in another job type", twice, Duty(PLACE, "焊工", SkillLevel.TE)


def _registered() -> Iterator[tuple[str, CardView, Duty, tuple[Engagement, ...], tuple[Dispatch, ...]]]:
    full = Duty(PLACE, "铣工", SkillLevel.FOUR)
    contracts = {
        "in force": Engagement(PLACE, date(2026, 4, 1), date(2027, 3, 31)),
        "open": Engagement(PLACE, date(2026, 4, 1), None),
        "from this day": Engagement(PLACE, ON, None),
        "to this day": Engagement(PLACE, date(2025, 6, 2), ON),
        "from tomorrow": Engagement(PLACE, date(2026, 6, 2), None),
        "to yesterday": Engagement(PLACE, date(2025, 4, 1), date(2026, 5, 31)),
        "elsewhere": Engagement(ELSEWHERE, date(2026, 4, 1), None),
    }
    for name, contract in contracts.items():
        yield f"assessor, contract {name}", view_of("26310020001", in_house=False), full, (contract,), ()
        yield f"external supervisor, contract {name}", view_of("R50260001"), Duty(PLACE), (contract,), ()
    for name, institution in (("here", PLACE), ("elsewhere", ELSEWHERE)):
        for in_house in (True, False, None):
            staff = view_of("26310020001", institution=institution, in_house=in_house)
            yield f"assessor entered by {name}, in house {in_house}", staff, full, (), ()
    dispatches = {
        "today": Dispatch(PLACE, ON),
        "tomorrow": Dispatch(PLACE, date(2026, 6, 2)),
        "elsewhere": Dispatch(ELSEWHERE, ON),
    }
    for name, dispatch in dispatches.items():
        yield f"external supervisor dispatched {name}", view_of("R50260001"), Duty(PLACE), (), (dispatch,)
    yield (
        "external supervisor engaged and dispatched",
        view_of("R50260001"),
        Duty(PLACE),
        (contracts["in force"],),
        (dispatches["today"],),
    )
    yield (
        "internal supervisor engaged elsewhere",
        view_of("S500123260001"),
        Duty(ELSEWHERE),
        (contracts["elsewhere"],),
        (),
    )
