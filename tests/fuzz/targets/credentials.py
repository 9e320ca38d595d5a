"""Credentials: the text of the QR code, the envelope, the claims, and claims that a stolen key has signed."""

from __future__ import annotations

import io
import json
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final

from PIL import Image

from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.keyring import Purpose
from service.domain.card_number import CardNumber
from service.domain.credential import (
    CARD_AAD,
    Claims,
    bitstream_of,
    decode_claims,
    encode_claims,
    parse_text,
    text_of,
    webp_of,
)
from service.domain.verdict import Verdict
from service.domain.verdict_words import Word
from service.flows.checking.verify import verify_text
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.publishing.publish import bundle
from tests.fuzz.mutators.cbor import mutate_cbor
from tests.fuzz.mutators.credential import mutate_address, mutate_blocks, mutate_envelope, mutate_enveloped
from tests.fuzz.target import Target
from tests.fuzz.world import make_world

_PORTRAIT_SIZE: Final = (48, 64)


def text(folder: Path, stack: ExitStack) -> Target:
    """A QR code's text against the register, and against the bundle: always a verdict, ``valid`` for no altered one."""
    world = make_world(folder, stack)
    now = world.office.clock.now
    checker = open_bundle(bundle(world.register).body, Memory(), now)

    def run(data: bytes) -> tuple[str, ...]:
        given = data.decode(errors="surrogateescape")
        online, offline = verify_text(world.register, given), checker.verify(given, now)
        if given not in world.texts and Word.VALID in {online.verdict, offline.verdict}:
            raise AssertionError(f"an altered credential is called valid: {given!r}")
        return _words(online, offline)

    corpus = tuple(value.encode() for value in world.texts)
    return Target(run, corpus, (mutate_blocks, mutate_address, mutate_enveloped))


def signed(folder: Path, stack: ExitStack) -> Target:
    """Claims that a stolen key signs anew: the register calls none ``valid`` that it did not issue.

    Offline a stolen key can borrow a live index; the verdict may then be anything but an error.
    """
    world = make_world(folder, stack)
    register, now = world.register, world.office.clock.now
    checker = open_bundle(bundle(register).body, Memory(), now)
    signer = register.signer(Purpose.CARD)
    corpus = tuple(unpack(parse_text(value).envelope).payload for value in world.texts)

    def run(data: bytes) -> tuple[str, ...]:
        signature = signer.sign(to_be_signed(signer.kid, data, CARD_AAD))
        given = text_of(register.host, pack(Envelope(signer.kid, data, signature)))
        online, offline = verify_text(register, given), checker.verify(given, now)
        if data not in corpus and online.verdict is Word.VALID:
            raise AssertionError(f"claims that nobody issued are called valid: {given!r}")
        return _words(online, offline)

    return Target(run, (*corpus, *_rich_claims()), (mutate_cbor,))


def envelope(folder: Path, stack: ExitStack) -> Target:
    """A card's envelope: what is read from it is written back the same."""
    world = make_world(folder, stack)

    def run(data: bytes) -> tuple[str, ...]:
        assert pack(unpack(data)) == data
        return ("read",)

    return Target(run, tuple(parse_text(value).envelope for value in world.texts), (mutate_envelope,))


def claims(folder: Path, stack: ExitStack) -> Target:
    """The claims themselves; a portrait in them is a picture of its size, or not to be decoded."""
    world = make_world(folder, stack)

    def run(data: bytes) -> tuple[str, ...]:
        found = decode_claims(data)
        assert encode_claims(found) == data
        if found.portrait is None:
            return ("read", found.number.scheme)
        picture = Image.open(io.BytesIO(webp_of(found.portrait)), formats=("WEBP",))
        assert picture.size == _PORTRAIT_SIZE
        return ("portrait read", found.number.scheme)

    issued = (unpack(parse_text(value).envelope).payload for value in world.texts)
    return Target(run, (*issued, *_rich_claims()), (mutate_cbor,))


def _words(online: Verdict, offline: Verdict) -> tuple[str, ...]:
    for verdict in (online, offline):
        json.dumps(verdict.as_json(), ensure_ascii=False).encode()  # a screen can show it
    checks = (f"{check.name} {check.outcome} {check.detail[:30]}" for check in (*online.checks, *offline.checks))
    return (f"{online.verdict}/{offline.verdict}", *checks)


def _rich_claims() -> tuple[bytes, ...]:
    """Return claims with all that a card of each scheme can have."""
    picture = io.BytesIO()
    Image.linear_gradient("L").resize(_PORTRAIT_SIZE).save(picture, "WEBP", quality=5, method=6)
    portrait = bitstream_of(picture.getvalue())
    numbers = {"22310010023": (6310103, "荣昌陶器制作"), "S500123260001": (), "R50260001": ()}
    return tuple(
        encode_claims(
            Claims(
                number=CardNumber(number),
                name="阿卜杜热合曼·买买提依明",
                occupations=occupations,
                copy_id=bytes(range(8)),
                status_list=2**32 - 1,
                status_index=131_071,
                issued_on=date(2026, 11, 2),
                expires_on=date(2029, 11, 2),
                work_unit=None if occupations else "重庆市某某机械有限公司",
                portrait=portrait,
            )
        )
        for number, occupations in numbers.items()
    )
