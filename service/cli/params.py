"""Words of the command line as values: files, dates, instants, offsets, card numbers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from keys.errors import TokenAddressInvalid
from keys.token_address import TokenAddress, parse_token_address
from service.domain.validity import SHANGHAI
from service.flows.words import zh_of


class _File(click.ParamType[Path]):
    """A path: of what is there already and is no folder (unless it may be one), or of what is to be written."""

    def __init__(self, name: str, *, there: bool, folder: bool = False) -> None:
        self.name = name
        self._there = there
        self._folder = folder

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check the path."""
        path = Path(str(value))
        if self._there and not path.exists():
            self.fail(f"找不到 {path} is not there", param, ctx)
        if path.is_dir() and not self._folder:
            self.fail(f"{path} 是文件夹，应为文件 is a folder, not a file", param, ctx)
        return path


class _Day(click.ParamType[date]):
    """A civil date, ISO 8601."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value}：应为日期，如 2026-11-23 expected a date such as 2026-11-23", param, ctx)


class _Token(click.ParamType[TokenAddress]):
    """The address of a token, RFC 7512."""

    name = "TOKEN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> TokenAddress:
        """Read the address; what was typed is not repeated, for it might hold a PIN."""
        if isinstance(value, TokenAddress):
            return value
        try:
            return parse_token_address(str(value))
        except TokenAddressInvalid as error:
            self.fail(f"{zh_of(error)} {error}", param, ctx)


class _Instant(click.ParamType[datetime]):
    """An instant: ISO 8601, or a date, which is its noon; without an offset, Shanghai time."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the instant."""
        text = str(value)
        try:
            instant = datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T12:00")
        except ValueError:
            self.fail(f"{text}：应为日期或时间，如 expected a date or time such as 2026-11-23T09:30", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


class _Offset(click.ParamType[tuple[float, float]]):
    """``X,Y`` in millimetres: right and down."""

    name = "X,Y"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Read two numbers."""
        if isinstance(value, tuple):  # the default
            return value
        try:
            x, y = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value}：应为两个毫米数，如 expected two numbers in mm such as 0.5,-1.2", param, ctx)
        return x, y


IN_FILE: Final = _File("FILE", there=True)
IN_FOLDER: Final = click.Path(path_type=Path, exists=True, file_okay=False)
IN_FILE_OR_FOLDER: Final = _File("PATH", there=True, folder=True)
OUT_FILE: Final = _File("FILE", there=False)
TOKEN: Final = _Token()
DAY: Final = _Day()
INSTANT: Final = _Instant()
OFFSET: Final = _Offset()
