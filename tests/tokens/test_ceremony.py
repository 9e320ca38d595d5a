"""The ceremony of the root key, walked through command by command as the manual has it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys.token_address import parse_token_address, token_at
from service.cli import main
from tests.cli.desk import NO_VARIABLES
from tests.manual import BOTH, CHINESE, ENGLISH, ROOT, Manual
from tests.tokens.softhsm import PIN, Sticks

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KID = re.compile(r"\b[0-9a-f]{8}\b")
OFFICER = "11111111"


def page(manual: Manual) -> str:
    return (ROOT / "docs" / manual.language / "ceremony.md").read_text("utf-8")


def lines(manual: Manual) -> list[str]:
    return [line for block in BLOCK.findall(page(manual)) for line in block.splitlines()]


def test_both_languages_have_the_same_commands_in_the_same_order() -> None:
    assert lines(ENGLISH) == lines(CHINESE)
    assert all(page(manual).count("\n## ") == page(ENGLISH).count("\n## ") for manual in BOTH)


class Room:
    """The machine of the ceremony. Nobody is asked: PINs and the passphrase on paper come as variables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env: dict[str, str | None] = {**NO_VARIABLES, "ZHENGKA_ROOT_PIN": PIN, "ZHENGKA_TOKEN_PIN": PIN}

    def zhengka(self, words: list[str]) -> Result:
        return CliRunner().invoke(main, words, env=self.env, catch_exceptions=False)

    def listed(self) -> Iterator[dict[str, str]]:
        yield from json.loads(self.zhengka(["--data", "server", "keys", "list", "--json"]).stdout)

    def kid(self, purpose: str, state: str) -> str:
        return next(one["kid"] for one in self.listed() if (one["purpose"], one["state"]) == (purpose, state))

    def do(self, line: str) -> str:
        """Do what a line says, as far as it goes without a terminal and within the day."""
        if line.startswith("export "):
            (word,) = shlex.split(line.removeprefix("export "))
            name, _, value = word.partition("=")
            self.env[name] = value
            return ""
        if line.startswith("softhsm2-util"):
            line += f" --pin {PIN} --so-pin {OFFICER}"
        if not line.startswith("zhengka"):
            return subprocess.run(
                ["bash", "-c", line], check=True, capture_output=True, text=True, cwd=self.folder
            ).stdout
        line, _, into = line.partition(" > ")
        if "compromise" in line:
            line = KID.sub(self.kid("card/1", "retired"), line)
        words = shlex.split(line)[1:]
        result = self.zhengka(words)
        if "--promote" in words and "--at-once" not in words:
            assert (result.exit_code, "key-too-new" in result.stderr) == (1, True), result.output
            result = self.zhengka([*words, "--at-once"])  # a day later
        assert result.exit_code == 0, (line, result.output)
        if into:
            (self.folder / into).write_text(result.stdout, "utf-8")
        return result.stdout


@pytest.mark.slow
def test_the_ceremony_goes_as_it_is_written(sticks: Sticks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sticks()  # the folder of tokens is not empty to begin with
    monkeypatch.chdir(tmp_path)
    room = Room(tmp_path)
    told: dict[str, str] = {}
    for line in lines(ENGLISH):
        if line.startswith("shred"):  # what keeper D has copied by hand
            room.env["ZHENGKA_ROOT_PASSPHRASE"] = (tmp_path / "founding" / "root.passphrase").read_text().strip()
        told[line] = room.do(line)
        assert PIN not in told[line]

    fingerprint = told[next(line for line in told if " init " in line)].splitlines()[2].strip()
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    shown = [text for line, text in told.items() if re.search(r"founding keys token", line)]
    assert len(shown) == 2
    assert all(fingerprint in text and "root" in text for text in shown)
    assert len(set(told["sha256sum founding/root.sealed stick/root.sealed"].split())) == 3
    assert not list(tmp_path.glob("s*/root.passphrase")), "neither root key nor passphrase is on the server"
    assert not (tmp_path / "server" / "root.sealed").exists()
    states = {(one["purpose"], one["state"]) for one in room.listed()}
    assert {("card/1", "compromised"), ("status", "retired"), ("head", "next")} <= states
    signing = parse_token_address(str(room.env["ZHENGKA_TOKEN"]))
    held = {key.hex() for _, key in token_at(signing, PIN.encode).state().keys}
    assert held >= {
        one["public"] for one in room.listed() if one["purpose"] in {"card/1", "status"} and one["state"] == "active"
    }
    assert held.isdisjoint({one["public"] for one in room.listed() if one["state"] in {"retired", "compromised"}})
    room.do("zhengka --data server audit verify")
