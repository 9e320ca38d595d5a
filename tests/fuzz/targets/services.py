"""What the service and the command read as a whole: requests over HTTP, and backups to be restored."""

from __future__ import annotations

import asyncio
import shutil
import zlib
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from service.app import create_app
from service.flows.register import VAULT_FILE
from service.flows.running.audit import audit
from service.flows.running.back_up import back_up
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from tests.flows.office import ACTOR, Office, settings_of
from tests.fuzz.mutators.archives import mutate_zip_field, mutate_zip_name, part_mutator, settled
from tests.fuzz.mutators.raw import mutate_bytes, mutate_text
from tests.fuzz.mutators.trees import mutate_json
from tests.fuzz.target import Target
from tests.fuzz.world import make_world

_UNAVAILABLE: Final = 503
_PROBLEM: Final = b"application/problem+json"


def http(folder: Path, stack: ExitStack) -> Target:
    """A request: a line with method, path and content type, then the body. Every refusal is a problem with a code."""
    world = make_world(folder, stack)
    office = world.office
    app = create_app(office.settings, office.effects)
    runner = stack.enter_context(asyncio.Runner())
    app.state.register = world.register  # what the service does when it starts

    def run(data: bytes) -> tuple[str, ...]:
        status, media_type, body = runner.run(_answer(app, data))
        if status < 400:
            return (f"{status} {_word(body) if media_type == b'application/json' else media_type.decode()}",)
        assert status < 500 or status == _UNAVAILABLE, (status, body)
        assert media_type == _PROBLEM, (status, media_type)
        return (f"{status} {msgspec.json.decode(body)['code']}",)

    name = office.card(world.numbers[0]).name
    corpus = [
        b"POST /api/v1/verifications application/json\n" + msgspec.json.encode({"credential": text})
        for text in world.texts
    ]
    duty = {"credential": world.texts[1], "place": "500123", "occupation": "电工", "level": "3"}
    corpus += [
        b"POST /api/v1/verifications application/json\n" + msgspec.json.encode(duty),
        b"POST /api/v1/lookups application/json\n"
        + msgspec.json.encode({"number": str(world.numbers[0]), "name": name}),
        *(f"GET {path} -\n".encode() for path in ("/.well-known/zhengka-keys", "/status-lists", "/status-lists/1")),
        *(f"GET {path} -\n".encode() for path in ("/verifier-bundle", "/healthz", "/readyz", "/schema/openapi.json")),
    ]
    return Target(run, tuple(corpus), (_mutate_body, _mutate_body, _mutate_line))


def backup(folder: Path, stack: ExitStack) -> Target:
    """A backup: it is restored to a register that audits clean, or refused with nothing left behind."""
    world = make_world(folder, stack)
    made = folder / "backup.zip"
    back_up(world.register, made)
    file, data = folder / "given.zip", folder / "restored"

    def run(given: bytes) -> tuple[str, ...]:
        shutil.rmtree(data, ignore_errors=True)
        file.write_bytes(given)
        office = Office(settings_of(data, f"sqlite:///{data / 'register.db'}"))
        try:
            restore(office.settings, office.effects, file, Later(void_ahead=3), actor=ACTOR)
        except Exception:
            assert not (data / VAULT_FILE).exists(), "a refused restore left the vault behind"
            raise
        with office.open() as register:
            return ("restored", *(fault.en[:40] for fault in audit(register).faults))

    parts = part_mutator({".json": mutate_json, ".jsonl": mutate_json})
    return Target(run, (settled(made.read_bytes()),), (parts, parts, mutate_zip_field, mutate_zip_name))


async def _answer(app: Any, data: bytes) -> tuple[int, bytes, bytes]:  # noqa: ANN401 - an ASGI application
    """Put a request to the application; return status, media type and body."""
    line, _, body = data.partition(b"\n")
    method, path, media_type, *_ = (*line.split(b" ", 2), b"", b"", b"")
    number = zlib.crc32(data)  # each input comes from an address of its own, so that limits count it as one
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "https",
        "method": method.decode("latin-1").upper() or "GET",
        "path": path.partition(b"?")[0].decode("utf-8", "replace") or "/",
        "raw_path": path,
        "root_path": "",
        "query_string": path.partition(b"?")[2],
        "headers": [(b"host", b"zk.example.cn"), (b"content-type", media_type)],
        "client": (".".join(str(byte) for byte in number.to_bytes(4, "big")), 1),
        "server": ("zk.example.cn", 443),
    }
    said: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return said.pop() if said else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    await app(scope, receive, send)
    start = answers[0]
    content = b"".join(answer.get("body", b"") for answer in answers[1:])
    return start["status"], dict(start["headers"]).get(b"content-type", b"").partition(b";")[0], content


def _word(body: bytes) -> str:
    answer = msgspec.json.decode(body)
    return str(answer.get("verdict", "")) if isinstance(answer, dict) else ""


def _mutate_body(data: bytes, rng: Random) -> bytes:
    line, _, body = data.partition(b"\n")
    return line + b"\n" + (mutate_json if rng.random() < 0.8 else mutate_bytes)(body, rng)


def _mutate_line(data: bytes, rng: Random) -> bytes:
    line, _, body = data.partition(b"\n")
    return mutate_text(line.decode(), rng).encode("utf-8", "surrogatepass") + b"\n" + body
