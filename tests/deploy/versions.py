"""Later versions of the program: the packages as they are, with further steps of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.api.test_serve import REPOSITORY

_STEPS: Final = Path("service", "store", "migrations", "versions")

ADDS: Final = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{newest}"
is_additive = True


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))
    op.add_column("printer", sa.Column("later", sa.Text()))
    op.create_index("ix_card_later", "card", ["status_on"])
"""
CHANGES: Final = """
from alembic import op

revision = "9002"
down_revision = "9001"
is_additive = False


def upgrade():
    op.drop_index("ix_card_later")
"""


def later_version(folder: Path, **steps: str) -> Path:
    """Make the packages of a later version in a folder, as links to those of this one, with more steps by name."""
    _linked(REPOSITORY, folder, _STEPS.parts)
    versions = folder / _STEPS
    newest = max(one.stem for one in versions.glob("r0*.py"))[1:5]
    for name, text in steps.items():
        (versions / f"{name}.py").write_text(text.replace("{newest}", newest), "utf-8")
    return folder


def _linked(real: Path, made: Path, inner: tuple[str, ...]) -> None:
    made.mkdir(parents=True)
    for one in real.iterdir():
        if inner[:1] != (one.name,) and one.name != "__pycache__":
            (made / one.name).symlink_to(one)
    if inner:
        _linked(real / inner[0], made / inner[0], inner[1:])
