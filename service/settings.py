"""The settings of the running program, and the only reader of the environment.

A variable that is set but empty counts as absent.

``ZHENGKA_DATA``
    Folder of the register, the photographs and the sealed keys. Absent: ``./data``.
``ZHENGKA_DATABASE_URL``
    ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``. Absent: SQLite in the data folder.
``ZHENGKA_PASSPHRASE``
    Passphrase of the vault. Absent: the passphrase file.
``ZHENGKA_PASSPHRASE_FILE``
    File that holds it; one line end after it is dropped. Absent: ``passphrase`` in the data folder, if it is there.
``ZHENGKA_ROOT_PASSPHRASE``
    Passphrase of the root key's file, read by the commands that sign a key document. Absent: its file.
``ZHENGKA_ROOT_PASSPHRASE_FILE``
    File that holds it. Absent: ``root.passphrase`` in the data folder, if it is there.
``ZHENGKA_NEW_PASSPHRASE``
    Passphrase that ``keys passphrase`` sets. Absent: a prompt, else a random one in a file.
``ZHENGKA_TRUSTED_PROXIES``
    Addresses or networks, separated by commas, whose ``X-Forwarded-For`` is believed. Absent: none.
``ZHENGKA_ANSWERS_KEPT_DAYS``
    Days for which a request's ``Idempotency-Key`` and its first answer are kept, 1 to 366. Absent: 30.
``ZHENGKA_ADMIN_PASSWORD``
    Password of the first administrator, read by ``init`` only. Absent: a prompt, else a random one told once.
``ZHENGKA_NEW_PASSWORD``
    Password that ``user add`` and ``user password`` give. Absent: a prompt, else a random one told once.
``ZHENGKA_FONTS``
    Folder with the fonts. Absent: the fonts that come with the program.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from keys.sealing import KdfCost
from keys.vault import DEFAULT_COST

Network: TypeAlias = IPv4Network | IPv6Network

DATA: Final = "ZHENGKA_DATA"
DATABASE_URL: Final = "ZHENGKA_DATABASE_URL"
PASSPHRASE: Final = "ZHENGKA_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE: Final = "ZHENGKA_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
ROOT_PASSPHRASE: Final = "ZHENGKA_ROOT_PASSPHRASE"  # noqa: S105 - the name of a variable
ROOT_PASSPHRASE_FILE: Final = "ZHENGKA_ROOT_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
NEW_PASSPHRASE: Final = "ZHENGKA_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable
TRUSTED_PROXIES: Final = "ZHENGKA_TRUSTED_PROXIES"
ADMIN_PASSWORD: Final = "ZHENGKA_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
NEW_PASSWORD: Final = "ZHENGKA_NEW_PASSWORD"  # noqa: S105 - the name of a variable
FONTS: Final = "ZHENGKA_FONTS"
ANSWERS_KEPT_DAYS: Final = "ZHENGKA_ANSWERS_KEPT_DAYS"

DEFAULT_DATA: Final = Path("data")
DATABASE_NAME: Final = "register.db"
PASSPHRASE_NAME: Final = "passphrase"  # noqa: S105 - the name of a file
ROOT_PASSPHRASE_NAME: Final = "root.passphrase"  # noqa: S105 - the name of a file
DEFAULT_ANSWERS_KEPT: Final = timedelta(days=30)
MAX_ANSWERS_KEPT_DAYS: Final = 366


class SettingsError(ValueError):
    """A variable holds what the program cannot use. ``variable`` names it; no message quotes a secret."""

    code: ClassVar[str] = "setting-invalid"

    def __init__(self, variable: str, zh: str, en: str) -> None:
        super().__init__(f"{variable}: {en}")
        self.variable = variable
        self.zh = f"{variable}：{zh}"
        self.en = f"{variable}: {en}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. A passphrase is None where nothing gives it; no secret is in the repr."""

    data: Path
    database_url: str = field(repr=False)
    passphrase: bytes | None = field(default=None, repr=False)
    passphrase_file: Path | None = None
    trusted_proxies: tuple[Network, ...] = ()
    fonts: Path | None = None
    root_passphrase: bytes | None = field(default=None, repr=False)
    root_passphrase_file: Path | None = None
    answers_kept: timedelta = DEFAULT_ANSWERS_KEPT
    password_cost: KdfCost = DEFAULT_COST
    """What one guess at a password costs; no variable sets it."""


def load(environ: Mapping[str, str], data: Path | None = None) -> Settings:
    """Read the settings; ``data``, from the command line, goes before ``ZHENGKA_DATA``. Raises SettingsError."""
    folder = data or _path(environ, DATA) or DEFAULT_DATA
    passphrase, passphrase_file = _passphrase(environ, PASSPHRASE, PASSPHRASE_FILE, folder / PASSPHRASE_NAME)
    root_passphrase, root_passphrase_file = _passphrase(
        environ, ROOT_PASSPHRASE, ROOT_PASSPHRASE_FILE, folder / ROOT_PASSPHRASE_NAME
    )
    return Settings(
        data=folder,
        database_url=_database_url(environ, folder),
        passphrase=passphrase,
        passphrase_file=passphrase_file,
        trusted_proxies=_networks(environ.get(TRUSTED_PROXIES, "")),
        fonts=_folder(environ, FONTS),
        root_passphrase=root_passphrase,
        root_passphrase_file=root_passphrase_file,
        answers_kept=_answers_kept(environ.get(ANSWERS_KEPT_DAYS, "")),
    )


def of_process(data: Path | None = None) -> Settings:
    """Read the settings from this process's environment; otherwise as ``load``."""
    return load(os.environ, data)


def password_of_process(variable: str) -> str | None:
    """Read a password that a command is to give, from this process's environment."""
    return os.environ.get(variable) or None


def _path(environ: Mapping[str, str], variable: str) -> Path | None:
    text = environ.get(variable)
    return Path(text) if text else None


def _folder(environ: Mapping[str, str], variable: str) -> Path | None:
    path = _path(environ, variable)
    if path is not None and not path.is_dir():
        raise SettingsError(variable, f"“{path}”不是文件夹", f"{path} is not a folder")
    return path


def _database_url(environ: Mapping[str, str], folder: Path) -> str:
    """Take the address as given, or compose the default's: a folder's name may hold ``?`` and ``%``."""
    text = environ.get(DATABASE_URL)
    if not text:
        return URL.create("sqlite", database=str(folder / DATABASE_NAME)).render_as_string()
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password: it is neither quoted nor chained.
        raise SettingsError(
            DATABASE_URL,
            "应为 sqlite:///文件路径 或 postgresql://用户:密码@主机/库名",
            "expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME",
        ) from None
    return text


def _passphrase(environ: Mapping[str, str], variable: str, file: str, left: Path) -> tuple[bytes | None, Path | None]:
    """Find a passphrase: its variable, its file, or the file ``init`` leaves in the data folder."""
    given = environ.get(variable)
    named = _path(environ, file)
    if given and named is not None:
        raise SettingsError(variable, f"与 {file} 只能设置一个", f"set either this or {file}, not both")
    if given:
        return given.encode(), None
    if named is not None:
        return _read_passphrase(named, file), named
    return (_read_passphrase(left, file), left) if left.is_file() else (None, None)


def _read_passphrase(path: Path, variable: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            variable, f"无法读取“{path}”：{error.strerror}", f"cannot read {path}: {error.strerror}"
        ) from error
    passphrase = content.removesuffix(b"\n").removesuffix(b"\r")
    if not passphrase:
        raise SettingsError(variable, f"“{path}”是空文件", f"{path} is empty")
    return passphrase


def _answers_kept(text: str) -> timedelta:
    if not text:
        return DEFAULT_ANSWERS_KEPT
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_ANSWERS_KEPT_DAYS):
        raise SettingsError(
            ANSWERS_KEPT_DAYS,
            f"应为天数，1—{MAX_ANSWERS_KEPT_DAYS}，收到“{text[:20]}”",
            f"expected a number of days, 1-{MAX_ANSWERS_KEPT_DAYS}, got {text[:20]!r}",
        )
    return timedelta(days=int(text))


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise SettingsError(
            TRUSTED_PROXIES,
            f"“{text}”不是 IP 地址或网段，例如 10.0.0.5 或 2001:db8::/64",
            f"{text!r} is neither an address nor a network such as 10.0.0.5 or 2001:db8::/64",
        ) from error
