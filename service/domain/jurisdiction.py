"""A jurisdiction as configuration: its codes, its centre, and every string that is printed on its cards.

Supervisor numbers carry the GB/T 2260 province code, assessor numbers the older skill-testing code: two
different tables, so each scheme has its own. A jurisdiction without a sourced code for a scheme has ``null``
there and is refused by name when asked for such a number.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec

from service.domain.card_text import CardText, slots
from service.domain.errors import JurisdictionInvalid
from service.domain.regulation import TERM_YEARS
from service.domain.visible import TextRefused, check_file

_LABEL: Final = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")
MAX_HOST_LENGTH: Final = 32  # characters; a longer one makes the printed QR denser than the layout was measured for
MAX_TERM_MONTHS: Final = TERM_YEARS * 12  # 督§10, 考§12: neither a term nor the wait for a renewal is longer


class _Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Common ground: immutable, and a misspelt key in the file is an error."""


class Name(_Config, frozen=True):
    """A name in two languages; ``confirmed`` is false for a placeholder the office still has to confirm."""

    zh: str
    en: str
    confirmed: bool = True


class Contact(_Config, frozen=True):
    """How people reach the centre: a telephone number, an address, opening hours; one line in two languages."""

    zh: str
    en: str


class SupervisorScheme(_Config, frozen=True):
    """Code 2–3 of an external supervisor's number (督附3): the GB/T 2260 province code."""

    province_code: str


class AssessorScheme(_Config, frozen=True):
    """Codes 3–4 and 5–6 of an assessor's number (考附2): skill-testing code of the province, and of the city.

    ``city_zh`` and ``city_en`` say what the city code means, for the explanation of a number.
    """

    province_code: str
    city_code: str
    city_zh: str
    city_en: str


class Jurisdiction(_Config, frozen=True):
    """One province's rules of form.

    ``renewal_months``: how long before expiry renewal opens. ``internal_term_months``: term of an internal
    card, never above 36 (督§10). ``certification_months``: how old a certification may be at the issue;
    ``application_months``: how long an application may precede its certification (督§7, 考§8). ``contact`` is told to
    whoever the service cannot help; absent: the centre's name. ``holidays`` are the days from Monday to Friday on
    which nobody works (督§12(2)).
    """

    key: str
    name: Name
    centre: Name
    supervisor: SupervisorScheme | None
    assessor: AssessorScheme | None
    verification_host: str
    renewal_months: int
    internal_term_months: int
    card: CardText
    certification_months: int = 12
    application_months: int = 12
    contact: Contact | None = None
    holidays: tuple[date, ...] = ()


def parse_jurisdiction(text: str | bytes) -> Jurisdiction:
    """Read a jurisdiction from JSON; raise JurisdictionInvalid naming the key that is wrong."""
    try:
        jurisdiction = msgspec.json.decode(text, type=Jurisdiction)
        check_file(msgspec.to_builtins(jurisdiction))
    except TextRefused as error:
        raise _invalid(error.zh, error.en) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # a ValidationError names the path
        raise _invalid(str(error), str(error)) from error
    for zh, en in _faults(jurisdiction):
        raise _invalid(zh, en)
    return jurisdiction


def _faults(j: Jurisdiction) -> list[tuple[str, str]]:
    codes = {
        "supervisor.province_code": j.supervisor.province_code if j.supervisor else None,
        "assessor.province_code": j.assessor.province_code if j.assessor else None,
        "assessor.city_code": j.assessor.city_code if j.assessor else None,
    }
    faults = [
        (f"$.{key} 应为两位阿拉伯数字，收到“{code}”", f"$.{key} is two digits, got {code!r}")
        for key, code in codes.items()
        if code is not None and not re.fullmatch(r"[0-9]{2}", code, re.ASCII)
    ]
    if not (_HOST.fullmatch(j.verification_host) and len(j.verification_host) <= MAX_HOST_LENGTH):
        faults.append(
            (
                f"$.verification_host 应为不超过 {MAX_HOST_LENGTH} 个字符的小写域名，收到“{j.verification_host}”",
                f"$.verification_host: lower case, {MAX_HOST_LENGTH} characters at most, got {j.verification_host!r}",
            )
        )
    for key in ("renewal_months", "internal_term_months", "certification_months", "application_months"):
        months: int = getattr(j, key)
        if not 1 <= months <= MAX_TERM_MONTHS:
            faults.append(
                (
                    f"$.{key} 应在 1 至 {MAX_TERM_MONTHS} 之间，收到 {months}",
                    f"$.{key} is between 1 and {MAX_TERM_MONTHS}, got {months}",
                )
            )
    for key, template, slot in (
        ("check_at", j.card.check_at, "host"),
        ("internal_notice", j.card.internal_notice, "institution"),
    ):
        if set(slots(template) or ()) != {slot}:  # anything else would be missing when a card is printed
            faults.append(
                (f"$.card.{key} 应含 {{{slot}}}，且无其他花括号", f"$.card.{key} holds {{{slot}}}, and no other braces")
            )
    return faults


def _invalid(zh: str, en: str) -> JurisdictionInvalid:
    return JurisdictionInvalid(f"地区配置无效：{zh}", f"jurisdiction file: {en}")
