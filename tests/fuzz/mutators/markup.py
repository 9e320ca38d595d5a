"""Mutation of XML and of PDF source: attributes, texts, elements; numbers and names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Final

from tests.fuzz.mutators.raw import mutate_text

_ATTRIBUTE: Final = re.compile(rb'([\w:]+)="([^"]*)"')
_TEXT: Final = re.compile(rb">([^<]+)<")
_ELEMENT: Final = re.compile(rb"<(\w+)\b[^>]*?(?:/>|>(?:[^<]*</\1>)?)")
_TAG_NAME: Final = re.compile(rb"</?([\w:]+)")
_VALUES: Final = (
    *(b"", b"0", b"1", b"-1", b"007", b"4294967296", b"99999999999999999999", b"1e308", b"nan", b"1.5", b" "),
    *(b"A1", b"A0", b"XFD1048576", b"XFE1", b"ZZZ9999999", b"$A$1", b"A1:B2", b"B2:A1", b"A1:XFD1048576", b"R1C1"),
    *(b"s", b"str", b"inlineStr", b"b", b"e", b"d", b"n", b"x", b"shared", b"array", b"true", b"rId1", b"rId9"),
    *(b"../x.xml", b"/xl/worksheets/sheet1.xml", b"worksheets/sheet1.xml", b"/", b"hidden", b"preserve"),
    *(b"yyyy-mm-dd", b"[h]:mm", b"#DIV/0!", b"45000.5", b"-45000", b"2958466", b"60", b"0.1", b"1E-400"),
)
_INSERTED: Final = (
    *(b"<!DOCTYPE x [<!ENTITY e 'e'>]>", b"&e;", b"&#0;", b"&#x110000;", b"&#xD800;", b"<![CDATA[", b"]]>"),
    *(
        b"<!-- ",
        b"-->",
        b"<?xml version='1.0' encoding='utf-16'?>",
        b"<row>",
        b"</row>",
        b"<c>",
        b"<v>",
        b"<f/>",
        b"<is>",
    ),
    *(b'<c r="A2" t="e"><v>#N/A</v></c>', b"<t>_x0041__x000D_</t>", b'<mergeCell ref="A1:C3"/>', b"<r><t>x</t></r>"),
)
_PDF_TOKEN: Final = re.compile(rb"(?<![\w.])(?:-?\d+(?:\.\d+)?|/[A-Za-z]+)(?![\w.])")
_PDF_VALUES: Final = (
    *(b"0", b"-1", b"1", b"2147483647", b"-2147483648", b"4294967295", b"99999999999", b"1e9", b"0.0000001", b"3.4e38"),
    *(
        b"nan",
        b"null",
        b"true",
        b"[",
        b"]",
        b"<<",
        b">>",
        b"1 0 R",
        b"2 0 R",
        b"3 0 R",
        b"99 0 R",
        b"stream",
        b"endobj",
    ),
    *(b"/Page", b"/Pages", b"/Kids", b"/Parent", b"/MediaBox", b"/UserUnit", b"/Rotate", b"/Contents", b"/XObject"),
    *(
        b"/FlateDecode",
        b"/DCTDecode",
        b"/JPXDecode",
        b"/JBIG2Decode",
        b"/LZWDecode",
        b"/Encrypt",
        b"/Width",
        b"/Length",
    ),
)


def mutate_xml(data: bytes, rng: Random) -> bytes:
    """Change an attribute's value, a text, a name or an element, or put something in."""
    match rng.randrange(8):
        case 0 | 1 | 2:
            return _replaced(data, _ATTRIBUTE, 2, _VALUES, rng)
        case 3:
            return _replaced(data, _TEXT, 1, _VALUES, rng)
        case 4:
            match = _one(_TEXT, data, rng)
            text = mutate_text(match[1].decode(), rng).encode("utf-8", "surrogatepass")
            return data[: match.start(1)] + text + data[match.end(1) :]
        case 5:
            match = _one(_ELEMENT, data, rng)
            times = rng.choice((0, 0, 2, 3))
            return data[: match.start()] + match[0] * times + data[match.end() :]
        case 6:
            names = [name for name in _TAG_NAME.findall(data) if isinstance(name, bytes)]
            return _replaced(data, _TAG_NAME, 1, names, rng)
        case _:
            at = _one(_ELEMENT, data, rng).start()
            return data[:at] + rng.choice(_INSERTED) + data[at:]


def mutate_pdf(data: bytes, rng: Random) -> bytes:
    """Change a number or a name in the source of a PDF."""
    tokens = [token for token in _PDF_TOKEN.findall(data) if isinstance(token, bytes)]
    return _replaced(data, _PDF_TOKEN, 0, (*_PDF_VALUES, rng.choice(tokens)), rng)


def _replaced(data: bytes, pattern: re.Pattern[bytes], group: int, values: Sequence[bytes], rng: Random) -> bytes:
    match = _one(pattern, data, rng)
    return data[: match.start(group)] + rng.choice(values) + data[match.end(group) :]


def _one(pattern: re.Pattern[bytes], data: bytes, rng: Random) -> re.Match[bytes]:
    """Find one place at random; from a random point on, so that long parts need not be read whole."""
    found = pattern.search(data, rng.randrange(len(data) + 1)) or pattern.search(data)
    if found is None:
        raise ValueError("nothing of the kind")
    return found
