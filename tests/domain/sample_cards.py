"""Cards, institutions and jurisdictions that the tests of the domain share."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber, Scheme
from service.domain.issuer import CENTRE, Institution
from service.domain.jurisdiction import Jurisdiction, parse_jurisdiction
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.domain.validity import last_valid_day

SCHOOL = Institution("500123", "S", "重庆市某某职业技能培训学校", "渝北区人力资源和社会保障局")
MILLING = Occupation("铣工", "6-18-01-02")
WELDING = Occupation("焊工", "6-18-02-04")
ISSUED_ON = date(2026, 3, 2)
JURISDICTIONS = Path(__file__).parents[2] / "service" / "jurisdictions"


def jurisdiction(name: str) -> Jurisdiction:
    return parse_jurisdiction((JURISDICTIONS / f"{name}.json").read_bytes())


def card(number: str = "26310020001", **changes: object) -> Card:
    """A valid card of the number's kind, issued on 2026-03-02 unless told otherwise."""
    no = CardNumber(number)
    issued_on = changes.get("issued_on", ISSUED_ON)
    assert isinstance(issued_on, date)
    internal = no.scheme is Scheme.INTERNAL
    facts: dict[str, object] = {
        "number": no,
        "kind": no.kind,
        "person": 7,
        "name": "欧阳娜娜",
        "issuer": no.institution if internal else CENTRE,
        "institution": no.institution,
        "work_unit": "重庆市某某机械有限公司",
        "occupations": (MILLING,) if no.kind.is_assessor else (),
        "issued_on": issued_on,
        "expires_on": last_valid_day(issued_on),
        "status": CardStatus.VALID,
        "status_on": None,
        "released": frozenset[str](),
        "predecessor": None,
        "copy_id": bytes(range(8)),
        "in_house": None,
    }
    return Card(**(facts | changes))  # type: ignore[arg-type]


ALL_KINDS = {
    CardKind.SENIOR: "26310010001",
    CardKind.STANDARD: "26310020001",
    CardKind.SPECIAL_SKILL: "26310030001",
    CardKind.EXTERNAL: "R50260001",
    CardKind.INTERNAL: "S500123260001",
}
