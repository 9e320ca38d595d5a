"""The command at a terminal: the passphrase is asked for, and handed on to the service."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.desk import PASSPHRASE, REVIEWED, Desk, assessor, write_photos, write_roster

pytestmark = pytest.mark.slow  # each test starts the command, once or more

ROOT = "another horse in another stable"
PASSWORD = "water under seven bridges"  # noqa: S105 - typed in these tests only
COMMAND = "from service.cli import main; main()"


@contextmanager
def at_a_terminal(desk: Desk, *words: str, typed: tuple[str, ...] = ()) -> Generator[subprocess.Popen[str]]:
    """Run the command with a person at its standard input, who answers each prompt with a line."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--data", str(desk.data), *words],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # without a terminal of its own, it reads passphrases from standard input
        env={"PATH": os.environ["PATH"]},
    )
    with process:
        try:
            for line in typed:
                wait_for_prompt(process)
                os.write(ours, f"{line}\n".encode())
            yield process
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)


def wait_for_prompt(process: subprocess.Popen[str]) -> None:
    """Read standard error up to ``: ``; what is typed before it is thrown away, as at a real terminal."""
    assert process.stderr is not None
    said = b""
    while not said.endswith(b": "):
        character = os.read(process.stderr.fileno(), 1)
        assert character, said.decode()
        said += character


def ended(desk: Desk, *words: str, typed: tuple[str, ...] = ()) -> tuple[int, str, str]:
    with at_a_terminal(desk, *words, typed=typed) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


def test_init_asks_for_a_new_passphrase_twice(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    code, out, err = ended(desk, "init", typed=(PASSPHRASE, PASSPHRASE, ROOT, ROOT, PASSWORD, PASSWORD))
    assert code == 0, err
    assert not {secret for secret in (PASSPHRASE, ROOT, PASSWORD) if secret in out + err}
    assert not (desk.data / "passphrase").exists()
    assert not (desk.data / "root.passphrase").exists()
    known = {"ZHENGKA_PASSPHRASE": PASSPHRASE, "ZHENGKA_ROOT_PASSPHRASE": ROOT}
    assert desk.run("keys", "rotate", "head", **known).code == 0


def test_init_makes_one_for_who_types_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    # Left empty, all are left to chance; an empty answer is not asked for again.
    code, out, err = ended(desk, "init", typed=("", "", "", "", "", ""))
    assert code == 0, err
    assert re.search(r"([a-z2-7]{5}-){3}[a-z2-7]{5}", out)
    assert (desk.data / "passphrase").exists()


def test_a_command_that_needs_the_passphrase_asks_for_it(desk: Desk) -> None:
    (desk.data / "passphrase").unlink()
    write_roster(desk.folder / "more.xlsx", [assessor("孙七", 201)])
    write_photos(desk.folder / "photos", [assessor("孙七", 201)])
    words = ("issue", desk.path("more.xlsx"), "--photos", desk.path("photos"), *REVIEWED)
    code, out, err = ended(desk, *words, typed=(PASSPHRASE,))
    assert (code, "核发 1 张" in out) == (0, True), err
    code, _, err = ended(desk, *words, typed=("wrong",))
    assert (code, "[wrong-passphrase]" in err) == (1, True)


def test_a_command_that_needs_none_asks_for_none(desk: Desk) -> None:
    (desk.data / "passphrase").unlink()
    code, out, err = ended(desk, "verify", next(iter(desk.texts.values())))
    assert (code, err) == (0, "")
    assert out.startswith("valid")


def test_passphrases_are_asked_for_and_changed(desk: Desk) -> None:
    for name in ("passphrase", "root.passphrase"):
        (desk.data / name).rename(desk.folder / name)
    old_root = (desk.folder / "root.passphrase").read_text().strip()
    code, out, err = ended(desk, "keys", "passphrase", "root", typed=(old_root, ROOT, ROOT))
    assert code == 0, err
    assert ROOT not in out + err
    code, _, err = ended(desk, "keys", "passphrase", "vault", typed=(PASSPHRASE, ROOT, ROOT))
    assert (code, "[passphrase-shared]" in err) == (1, True)
    code, _, err = ended(desk, "keys", "rotate", "head", typed=(ROOT, PASSPHRASE))
    assert code == 0, err
    code, _, err = ended(desk, "keys", "rotate", "status", typed=(old_root,))
    assert (code, "[wrong-passphrase]" in err) == (1, True)


def test_a_program_is_never_asked(desk: Desk) -> None:
    (desk.data / "passphrase").unlink()
    code, out, err = ended(desk, "keys", "rotate", "head", "--json")
    assert (code, out) == (1, "")
    assert '"no-passphrase"' in err


def test_the_service_gets_the_passphrase_that_was_typed(desk: Desk) -> None:
    (desk.data / "passphrase").unlink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with at_a_terminal(desk, "serve", "--port", str(port), typed=(PASSPHRASE,)) as process:
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line)
            if "Uvicorn running on" in line:  # it has said before that it has started, and listens only now
                break
        assert f"http://127.0.0.1:{port}" in "".join(told)
        text = next(iter(desk.texts.values()))
        answer = httpx.post(f"http://127.0.0.1:{port}/api/v1/verifications", json={"credential": text})
        assert answer.json()["verdict"] == "valid"
        taken = desk.run("serve", "--port", str(port), ZHENGKA_PASSPHRASE=PASSPHRASE)
        assert taken.refusal == "address-unavailable"
        process.send_signal(signal.SIGTERM)
        log = process.stderr.read()
    assert "shutdown complete" in log
    assert text.partition("#")[2] not in log
    assert not re.search(PASSPHRASE, "".join(told) + log)


def test_a_service_that_cannot_start_does_not(desk: Desk) -> None:
    assert desk.run("serve", "--host", "999.1.1.1").refusal == "address-unavailable"
    assert desk.run("serve", "--port", "0").code == 2
    (desk.data / "passphrase").write_text("wrong")
    assert desk.run("serve").refusal == "wrong-passphrase"
    (desk.data / "passphrase").unlink()
    assert desk.run("serve").refusal == "no-passphrase"
