"""Registers of several sizes in one folder, each card with a photograph of its own of the size that offices have."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image
from sqlalchemy import Connection, bindparam, select, text, update

from service.store.blobs import digest_of
from service.store.facts import notes
from service.store.statements import chunks
from service.store.tables import MediaType, blob, card
from tests.bench.large import grow
from tests.bench.large_register import LARGE, begin
from tests.flows.office import Office, photo, settings_of

PHOTO_SIZE: Final = 30_000  # bytes

_FACTORS: Final = b"\xff\xdb\x00\x43\x01"
"""What the quantisation table of a JPEG's colours begins with."""

_AT_ONCE: Final = 500


def make(folder: Path, cards: int) -> None:
    """Make the register of so many cards, unless it is there: bodies, accounts and batches as in the largest one."""
    if (folder / "photographed").exists():
        return
    url = f"sqlite:///{folder / 'register.db'}"
    if not (folder / "made").exists():
        grown = begin(folder, url)
        grow(grown, replace(LARGE, cards=cards, days=min(LARGE.days, max(cards // 250, 4))))
        grown.office.register.close()
        (folder / "made").touch()
    office = Office(settings_of(folder, url))
    with office.open(), office.register.database.write() as connection:
        _give_photographs(connection)
    (folder / "photographed").touch()


def _give_photographs(connection: Connection) -> None:
    """Let every card have a photograph of its own: in bulk, past the rules that keep rows as they were entered."""
    rules = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'card'")
    ).all()
    for rule in rules:
        connection.execute(text(f"DROP TRIGGER {rule.name}"))
    pictures = _photographs(Random(2026))
    numbers = connection.execute(select(card.c.number)).scalars().all()
    change = update(card).where(card.c.number == bindparam("of")).values(photo=bindparam("digest"))
    for some in chunks(numbers, _AT_ONCE):
        bodies = [next(pictures) for _ in some]
        rows = [
            {"digest": digest_of(body), "media_type": MediaType.JPEG.value, "size": len(body), "body": body}
            for body in bodies
        ]
        connection.execute(blob.insert(), rows)
        connection.execute(
            change, [{"of": number, "digest": row["digest"]} for number, row in zip(some, rows, strict=True)]
        )
    for rule in rules:
        connection.execute(text(rule.sql))
    notes.begin(connection)


def _photographs(random: Random) -> Iterator[bytes]:
    """Yield photographs, each like no other by factors of its finest colours."""
    noisy = _noisy(PHOTO_SIZE)
    end = noisy.index(_FACTORS) + len(_FACTORS) + 64
    while True:
        yield noisy[: end - 12] + bytes(random.choices(range(1, 256), k=12)) + noisy[end:]


@cache
def _noisy(size: int) -> bytes:
    """Return a photograph with as much noise as makes it about so large."""
    plain = Image.open(io.BytesIO(photo()))
    noise = Image.effect_noise(plain.size, 60).convert("RGB")
    for quality in range(95, 10, -5):
        buffer = io.BytesIO()
        Image.blend(plain, noise, 0.5).save(buffer, "JPEG", quality=quality)
        if len(buffer.getvalue()) <= size:
            return buffer.getvalue()
    raise ValueError(size)
