"""What comes with the program as data: configurations of jurisdictions, the catalogue of job types, the forms."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from service.domain.forms import Forms, parse_forms
from service.domain.jurisdiction import Jurisdiction, parse_jurisdiction
from service.flows.errors import Refused

_PACKAGE: Final = Path(__file__).parents[1]
_JURISDICTIONS: Final = _PACKAGE / "jurisdictions"
_FORMS: Final = _PACKAGE / "forms" / "forms.json"
_CATALOGUE: Final = _PACKAGE / "catalogue" / "occupations.json"


def shipped_jurisdiction(key: str) -> str:
    """Read a jurisdiction that comes with the program, by its key (``chongqing``, ``jiangxi``). Raises Refused."""
    path = _JURISDICTIONS / f"{key}.json"
    known = _paths()
    if path not in known:
        keys = [one.stem for one in known]
        raise Refused(
            "jurisdiction-unknown",
            f"没有名为“{key}”的地区配置；随程序提供的有：{'、'.join(keys)}；也可给出 JSON 文件",
            f"no jurisdiction {key!r} comes with the program; there are {', '.join(keys)}, or name a JSON file",
        )
    return path.read_text("utf-8")


def shipped_jurisdictions() -> tuple[Jurisdiction, ...]:
    """Return all jurisdictions that come with the program, by key."""
    return tuple(parse_jurisdiction(path.read_bytes()) for path in _paths())


def shipped_catalogue() -> str:
    """Read the catalogue of job types that comes with the program."""
    return _CATALOGUE.read_text("utf-8")


def shipped_forms() -> Forms:
    """Read the four forms of the two rules."""
    return parse_forms(_FORMS.read_bytes())


def _paths() -> list[Path]:
    return sorted(_JURISDICTIONS.glob("*.json"))
