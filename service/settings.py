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
``ZHENGKA_TOKEN``
    Token that signing keys are made on, ``pkcs11:token=NAME?module-path=/PATH/LIBRARY.so``. Absent: the vault.
``ZHENGKA_TOKEN_PIN``, ``ZHENGKA_TOKEN_PIN_FILE``
    Its PIN, or the file that holds it. Absent: a prompt.
``ZHENGKA_ROOT_PIN``, ``ZHENGKA_ROOT_PIN_FILE``
    The same of the token with the root key, read by the commands that are given one. Absent: a prompt.
``ZHENGKA_TRUSTED_PROXIES``
    Addresses or networks, separated by commas, whose ``X-Forwarded-For`` is believed. Absent: none.
``ZHENGKA_ANSWERS_KEPT_DAYS``
    Days for which a request's ``Idempotency-Key`` and its first answer are kept, 1 to 366. Absent: 30.
``ZHENGKA_ADMIN_PASSWORD``
    Password of the first administrator, read by ``init`` only. Absent: a prompt, else a random one told once.
``ZHENGKA_NEW_PASSWORD``
    Password that ``user add`` and ``user password`` give. Absent: a prompt, else a random one told once.
``ZHENGKA_WEBHOOK_NETWORKS``
    Networks, separated by commas, whose private addresses webhooks may be sent to. Absent: public addresses only.
``ZHENGKA_SMTP_URL``
    ``smtps://USER:PASSWORD@HOST:465``, or ``smtp://…`` with STARTTLS; ``smtp+plain://HOST:PORT`` without TLS, for a
    relay on this machine. Absent: no mail is sent.
``ZHENGKA_MAIL_FROM``
    Address that mail is sent from. Absent: ``zhengka@`` and the mail server's host.
``ZHENGKA_FONTS``
    Folder with the fonts. Absent: the fonts that come with the program.
``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT``
    Where traces of requests are sent, with the extra ``otel``; the further ``OTEL_…`` variables are read by
    OpenTelemetry itself. Absent, or with ``OTEL_SDK_DISABLED=true``: none are made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from keys.errors import TokenAddressInvalid
from keys.sealing import KdfCost
from keys.token_address import TokenAddress, parse_token_address
from keys.vault import DEFAULT_COST
from service.mail_server import Mail, parse_mail

Network: TypeAlias = IPv4Network | IPv6Network

DATA: Final = "ZHENGKA_DATA"
DATABASE_URL: Final = "ZHENGKA_DATABASE_URL"
PASSPHRASE: Final = "ZHENGKA_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE: Final = "ZHENGKA_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
ROOT_PASSPHRASE: Final = "ZHENGKA_ROOT_PASSPHRASE"  # noqa: S105 - the name of a variable
ROOT_PASSPHRASE_FILE: Final = "ZHENGKA_ROOT_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
TOKEN: Final = "ZHENGKA_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_PIN: Final = "ZHENGKA_TOKEN_PIN"  # noqa: S105 - the name of a variable
TOKEN_PIN_FILE: Final = "ZHENGKA_TOKEN_PIN_FILE"  # noqa: S105 - the name of a variable
ROOT_PIN: Final = "ZHENGKA_ROOT_PIN"
ROOT_PIN_FILE: Final = "ZHENGKA_ROOT_PIN_FILE"
NEW_PASSPHRASE: Final = "ZHENGKA_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable
TRUSTED_PROXIES: Final = "ZHENGKA_TRUSTED_PROXIES"
ADMIN_PASSWORD: Final = "ZHENGKA_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
NEW_PASSWORD: Final = "ZHENGKA_NEW_PASSWORD"  # noqa: S105 - the name of a variable
FONTS: Final = "ZHENGKA_FONTS"
WEBHOOK_NETWORKS: Final = "ZHENGKA_WEBHOOK_NETWORKS"
SMTP_URL: Final = "ZHENGKA_SMTP_URL"
MAIL_FROM: Final = "ZHENGKA_MAIL_FROM"
ANSWERS_KEPT_DAYS: Final = "ZHENGKA_ANSWERS_KEPT_DAYS"
OTLP_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

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
    webhook_networks: tuple[Network, ...] = ()
    mail: Mail | None = None
    token: TokenAddress | None = None
    token_pin: bytes | None = field(default=None, repr=False)
    token_pin_file: Path | None = None
    root_pin: bytes | None = field(default=None, repr=False)
    root_pin_file: Path | None = None
    is_traced: bool = False
    password_cost: KdfCost = DEFAULT_COST
    """What one guess at a password costs; no variable sets it."""


def load(environ: Mapping[str, str], data: Path | None = None) -> Settings:
    """Read the settings; ``data``, from the command line, goes before ``ZHENGKA_DATA``. Raises SettingsError."""
    folder = data or _path(environ, DATA) or DEFAULT_DATA
    passphrase, passphrase_file = _passphrase(environ, PASSPHRASE, PASSPHRASE_FILE, folder / PASSPHRASE_NAME)
    root_passphrase, root_passphrase_file = _passphrase(
        environ, ROOT_PASSPHRASE, ROOT_PASSPHRASE_FILE, folder / ROOT_PASSPHRASE_NAME
    )
    token_pin, token_pin_file = _passphrase(environ, TOKEN_PIN, TOKEN_PIN_FILE)
    root_pin, root_pin_file = _passphrase(environ, ROOT_PIN, ROOT_PIN_FILE)
    return Settings(
        data=folder,
        database_url=_database_url(environ, folder),
        passphrase=passphrase,
        passphrase_file=passphrase_file,
        trusted_proxies=_networks(environ.get(TRUSTED_PROXIES, "")),
        webhook_networks=_networks(environ.get(WEBHOOK_NETWORKS, ""), WEBHOOK_NETWORKS),
        mail=_mail(environ.get(SMTP_URL, ""), environ.get(MAIL_FROM, "")),
        fonts=_folder(environ, FONTS),
        token=_token(environ),
        token_pin=token_pin,
        token_pin_file=token_pin_file,
        root_pin=root_pin,
        root_pin_file=root_pin_file,
        root_passphrase=root_passphrase,
        root_passphrase_file=root_passphrase_file,
        answers_kept=_answers_kept(environ.get(ANSWERS_KEPT_DAYS, "")),
        is_traced=is_traced(environ),
    )


def of_process(data: Path | None = None) -> Settings:
    """Read the settings from this process's environment; otherwise as ``load``."""
    return load(os.environ, data)


def share_counters(folder: Path) -> None:
    """Have processes that are begun from now on keep their counters in a folder, where this one can add them up.

    The variable is prometheus_client's, which reads it when it is imported: this process's own counters stay its own.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


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


def _token(environ: Mapping[str, str]) -> TokenAddress | None:
    text = environ.get(TOKEN)
    try:
        return parse_token_address(text) if text else None
    except TokenAddressInvalid as error:
        expected = "pkcs11:token=NAME?module-path=/PATH/LIBRARY.so"
        raise SettingsError(TOKEN, f"应形如 {expected}，其中不写 PIN", f"{error}; expected {expected}") from None


def _passphrase(
    environ: Mapping[str, str], variable: str, file: str, left: Path | None = None
) -> tuple[bytes | None, Path | None]:
    """Find a passphrase or a PIN: its variable, its file, or the file ``init`` leaves in the data folder."""
    given = environ.get(variable)
    named = _path(environ, file)
    if given and named is not None:
        raise SettingsError(variable, f"与 {file} 只能设置一个", f"set either this or {file}, not both")
    if given:
        return given.encode(), None
    if named is not None:
        return _read_passphrase(named, file), named
    return (None, None) if left is None or not left.is_file() else (_read_passphrase(left, file), left)


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


def is_traced(environ: Mapping[str, str], installed: Callable[[str], object | None] = find_spec) -> bool:
    """Return True if traces are to be sent, as OpenTelemetry's variables say, and what sends them is installed."""
    wanted = next((variable for variable in OTLP_ENDPOINTS if environ.get(variable)), None)
    if wanted is None or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if installed("opentelemetry") is None:
        raise SettingsError(
            wanted,
            "要发送链路追踪须先安装：pip install 'zhengka[otel]'，不发送则去掉此变量",
            "traces need the extra: pip install 'zhengka[otel]', or unset the variable",
        )
    return True


def _mail(text: str, sender: str) -> Mail | None:
    try:
        return parse_mail(text, sender) if text else None
    except ValueError:  # the text may hold a password: it is neither quoted nor chained
        raise SettingsError(
            SMTP_URL,
            "应为 smtps://用户:密码@主机:465 或 smtp://用户:密码@主机:587",
            "expected smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587",
        ) from None


def _networks(text: str, variable: str = TRUSTED_PROXIES) -> tuple[Network, ...]:
    return tuple(_network(part.strip(), variable) for part in text.split(",") if part.strip())


def _network(text: str, variable: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise SettingsError(
            variable,
            f"“{text}”不是 IP 地址或网段，例如 10.0.0.5 或 2001:db8::/64",
            f"{text!r} is neither an address nor a network such as 10.0.0.5 or 2001:db8::/64",
        ) from error
