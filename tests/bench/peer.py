"""``python -m tests.bench.peer PORT FOLDER``: checks of cards as a usual service would do them.

FastAPI, PyJWT and SQLAlchemy's asynchronous ORM over aiosqlite: the signature of a token (Ed25519), the state of the
card read by its number, an answer in JSON. ``prepare`` makes its database and the tokens.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine, event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PATH: Final = "/verifications"
_ALGORITHM: Final = "EdDSA"


class Base(DeclarativeBase):
    """Tables of the peer."""


class Card(Base):
    """A card as the peer keeps it."""

    __tablename__ = "card"

    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    work_unit: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date]
    status: Mapped[str]


class Request(BaseModel):
    """What is asked."""

    token: str


class Shown(BaseModel):
    """A card in an answer."""

    number: str
    name: str
    kind: str
    work_unit: str
    issued_on: date
    expires_on: date


class Answer(BaseModel):
    """What is answered."""

    verdict: str
    card: Shown | None = None


def prepare(folder: Path, names: Sequence[str]) -> list[str]:
    """Make a database with a card for each name; return the cards' tokens."""
    key = Ed25519PrivateKey.generate()
    (folder / "public").write_bytes(key.public_key().public_bytes_raw())
    engine = create_engine(f"sqlite:///{folder / 'peer.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        cards = [
            Card(
                number=f"R5026{place:05d}",
                name=name,
                kind="external",
                work_unit="重庆市渝北区职业技能鉴定指导中心",
                issued_on=date(2026, 11, 23),
                expires_on=date(2029, 11, 23),
                status="valid",
            )
            for place, name in enumerate(names)
        ]
        tokens = [jwt.encode({"sub": card.number, "name": card.name}, key, _ALGORITHM) for card in cards]
        session.add_all(cards)
        session.commit()
    engine.dispose()
    return tokens


def application(folder: Path) -> FastAPI:
    """Make the application over what ``prepare`` has made."""
    public = Ed25519PublicKey.from_public_bytes((folder / "public").read_bytes())
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'peer.db'}")

    @event.listens_for(engine.sync_engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")  # type: ignore[attr-defined]

    sessions = async_sessionmaker(engine)
    app = FastAPI()

    @app.post(PATH)
    async def verify(asked: Request) -> Answer:
        try:
            claims = jwt.decode(asked.token, public, [_ALGORITHM])
        except jwt.InvalidTokenError:
            return Answer(verdict="forged")
        async with sessions() as session:
            card = await session.get(Card, claims["sub"])
        if card is None:
            return Answer(verdict="unregistered")
        shown = Shown.model_validate(card, from_attributes=True)
        return Answer(verdict=card.status, card=shown)

    return app


if __name__ == "__main__":
    uvicorn.run(application(Path(sys.argv[2])), port=int(sys.argv[1]), access_log=False, log_level="warning")
