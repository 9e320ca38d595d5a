"""Additions to the catalogue of occupations: a later edition, without a new release of the program.

A credential carries a code's digits and a card its words, so that a code that exists is never renamed or taken away:
what is brought in adds codes, and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Final

from service.domain.occupation import Catalogue, CatalogueInvalid
from service.domain.shared import LIMITS
from service.domain.tidy import tidy_occupation
from service.domain.visible import invisible_character

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_FAULTS_TOLD: Final = 20
_HEADINGS: Final = {
    "code": "code",
    "name": "name",
    "编码": "code",
    "职业编码": "code",
    "名称": "name",
    "职业名称": "name",
}
_CODE: Final = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)


def read_csv(data: bytes) -> tuple[tuple[str, str], ...]:
    """Read codes and names from a CSV file in UTF-8 or GB 18030, with a heading line. Raises CatalogueInvalid.

    The columns are ``code`` and ``name``, or 编码 and 名称; others are passed over.
    """
    if len(data) > MAX_BYTES:
        raise CatalogueInvalid(
            f"文件有 {len(data)} 字节，最多 {MAX_BYTES} 字节", f"the file has {len(data)} bytes, at most {MAX_BYTES}"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise CatalogueInvalid(f"无法按 CSV 读取：{error}", f"no CSV file: {error}") from error
    places = {_HEADINGS[one.strip()]: at for at, one in enumerate(rows[0]) if one.strip() in _HEADINGS} if rows else {}
    if places.keys() != {"code", "name"}:
        raise CatalogueInvalid(
            "首行应有 code 和 name（编码、名称）两列", "the first line has the columns code and name"
        )
    last = max(places.values())
    return tuple((row[places["code"]], row[places["name"]]) for row in rows[1:] if len(row) > last)


def additions(catalogue: Catalogue, stated: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return which of the stated codes the catalogue does not have yet, each with its tidy name.

    What it has under the same name is passed over. Raises CatalogueInvalid, with all that speaks against the file: a
    code that has another name, a name that has another code, one that cannot be printed or coded.
    """
    new: dict[str, str] = {}
    codes: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    for typed_code, typed_name in stated:
        code, name = typed_code.strip(), tidy_occupation(typed_name)
        known = catalogue.name_of(code) or new.get(code)
        bearer = codes.get(name) or catalogue.code_of(name)
        if not _CODE.fullmatch(code):
            faults.append((f"编码“{code[:20]}”应为 6-31-01-03 的形式", f"{code[:20]!r} is not of the form 6-31-01-03"))
        elif known is not None:
            if known != name:
                faults.append(
                    (
                        f"编码 {code} 已是“{known}”，不能改为“{name}”：证卡和二维码载有此编码",
                        f"code {code} is {known!r} and cannot become {name!r}: cards carry it",
                    )
                )
        elif catalogue.has_name(name) or name in codes:
            faults.append(
                (
                    f"“{name}”已有编码 {bearer or '（不止一个）'}，不能再作 {code}",
                    f"{name!r} has code {bearer or '(more than one)'} and cannot be {code} as well",
                )
            )
        elif (
            not any(map(str.isalpha, name)) or invisible_character(name) or len(name.encode()) > LIMITS.occupation_bytes
        ):
            faults.append(
                (
                    f"编码 {code} 的名称应为 1—{LIMITS.occupation_bytes} 字节的可见文字",
                    f"the name of code {code} is visible text of 1-{LIMITS.occupation_bytes} bytes",
                )
            )
        else:
            new[code] = name
            codes[name] = code
    if faults:
        more = len(faults) - MAX_FAULTS_TOLD
        told = faults[:MAX_FAULTS_TOLD]
        raise CatalogueInvalid(
            "；".join(zh for zh, _ in told) + (f"；另有 {more} 处" if more > 0 else ""),
            "; ".join(en for _, en in told) + (f"; and {more} more" if more > 0 else ""),
            code="catalogue-conflict",
        )
    return new
