"""``keys``: rotation as the office does it, with the root key's file at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from keys.vault import change_root_passphrase
from tests.cli.desk import PASSPHRASE, TODAY, Desk, assessor

ROOT = "another horse in another stable"
YY = f"{TODAY:%y}"


def keys(desk: Desk) -> list[Any]:
    found: list[Any] = desk.done("keys", "list", "--json").json
    return found


def states(desk: Desk, purpose: str) -> list[str]:
    return sorted(key["state"] for key in keys(desk) if key["purpose"] == purpose)


def kid(desk: Desk, purpose: str) -> str:
    return next(str(key["kid"]) for key in keys(desk) if key["purpose"] == purpose and key["state"] == "active")


def test_every_key_is_listed(made: Desk) -> None:
    assert {key["purpose"] for key in keys(made)} == {"card/1", "status", "head"}
    assert set(keys(made)[0]) == {"purpose", "kid", "public", "state", "signs_from", "signs_until"}
    assert kid(made, "card/1") in made.done("keys", "list").out


def test_a_key_is_published_waits_and_signs(desk: Desk) -> None:
    assert desk.done("keys", "rotate", "card/1", "--json").json["state"] == "next"
    assert desk.run("keys", "rotate", "card/1", "--promote").refusal == "key-too-new"
    assert desk.done("keys", "rotate", "card/1", "--promote", "--at-once", "--json").json["state"] == "active"
    assert states(desk, "card/1") == ["active", "retired"]
    number = desk.issue(assessor("孙七", 201)).json["issued"][0]["number"]
    desk.done("print", number, f"{YY}310020001", "--out", desk.path("a.pdf"))
    assert desk.done("verify", desk.path("a.pdf")).code == 0, "the old key's cards hold too"


def test_a_purpose_left_without_a_key_is_told(desk: Desk) -> None:
    answer = desk.done("keys", "retire", kid(desk, "status"), "--json")
    assert answer.json["state"] == "retired"
    assert "no status key signs now" in json.loads(answer.err)["note"]["en"]
    assert desk.run("bundle", "--out", desk.path("b")).refusal == "illegal-rotation"
    desk.done("keys", "rotate", "status")
    desk.done("keys", "rotate", "status", "--promote", "--at-once")
    desk.done("bundle", "--out", desk.path("b"))


def test_the_cards_of_a_stolen_key_are_suspect_offline(desk: Desk) -> None:
    answer = desk.done("keys", "compromise", kid(desk, "card/1"), "--json")
    assert answer.json["state"] == "compromised"
    desk.done("bundle", "--out", desk.path("b"))
    text = desk.texts[f"{YY}310020001"]
    assert desk.run("verify", text, "--offline", desk.path("b"), "--json").json["verdict"] == "suspect"
    assert desk.run("verify", text, "--json").json["verdict"] == "valid", "the register vouches for it"


def test_the_root_key_may_lie_elsewhere(desk: Desk) -> None:
    elsewhere = desk.folder / "stick.sealed"
    (desk.data / "root.sealed").rename(elsewhere)
    assert desk.run("keys", "rotate", "head").refusal == "vault-missing"
    desk.done("keys", "rotate", "head", "--root-file", str(elsewhere))


def test_the_key_document_is_exported(desk: Desk) -> None:
    out = desk.path("keys.bin")
    size = desk.done("keys", "export", "--out", out, "--json").json["bytes"]
    assert (desk.folder / "keys.bin").stat().st_size == size
    assert PASSPHRASE.encode() not in (desk.folder / "keys.bin").read_bytes()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["rotate", "status", "--promote"], "no-next-key"),
        (["retire", "zz"], "key-not-found"),
        (["rotate", "head", "--root-file", "texts.json"], "vault-malformed"),
    ],
)
def test_what_cannot_be_done_is_refused(
    desk: Desk, words: list[str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    assert desk.run("keys", *words).refusal == code


def test_a_root_key_of_another_register_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    assert other.run("init", ZHENGKA_ROOT_PASSPHRASE=ROOT).code == 0
    root_file = str(other.data / "root.sealed")
    answer = desk.run("keys", "rotate", "head", "--root-file", root_file, ZHENGKA_ROOT_PASSPHRASE=ROOT)
    assert answer.refusal == "root-not-pinned"


def test_without_a_passphrase_nobody_is_asked_who_is_not_there(desk: Desk) -> None:
    (desk.data / "passphrase").unlink()
    assert desk.run("keys", "rotate", "head").refusal == "no-passphrase"
    assert desk.run("keys", "rotate", "head", ZHENGKA_PASSPHRASE=PASSPHRASE[1:]).refusal == "wrong-passphrase"
    assert states(desk, "head") == ["active"]


def test_root_and_vault_open_with_a_passphrase_each(desk: Desk) -> None:
    (desk.data / "root.passphrase").unlink()
    assert desk.run("keys", "rotate", "head").refusal == "no-root-passphrase"
    wrong = desk.run("keys", "rotate", "head", ZHENGKA_ROOT_PASSPHRASE=PASSPHRASE)
    assert wrong.refusal == "wrong-passphrase", "the vault's does not open the root"
    assert states(desk, "head") == ["active"]


@pytest.mark.parametrize("which", ["vault", "root"])
def test_a_passphrase_is_changed_and_its_file_with_it(desk: Desk, which: str) -> None:
    file = desk.data / ("passphrase" if which == "vault" else "root.passphrase")
    before = file.read_text()
    answer = desk.done("keys", "passphrase", which)
    assert (file.read_text() == before, file.read_text() in answer.out + answer.err) == (False, False)
    assert desk.done("keys", "rotate", "head", "--json").json["state"] == "next", "the file opens it"
    variable = "ZHENGKA_PASSPHRASE" if which == "vault" else "ZHENGKA_ROOT_PASSPHRASE"
    assert desk.run("keys", "rotate", "status", **{variable: before.strip()}).refusal == "wrong-passphrase"
    chosen = {variable: file.read_text().strip(), "ZHENGKA_NEW_PASSPHRASE": "chosen by the office"}
    assert desk.run("keys", "passphrase", which, **chosen).code == 0
    assert desk.run("keys", "rotate", "status", **{variable: "chosen by the office"}).code == 0
    assert desk.run("keys", "passphrase", which, **{variable: "not this"}).refusal == "wrong-passphrase"


def test_where_root_and_passphrase_lie_is_told_until_they_are_elsewhere(desk: Desk) -> None:
    told = desk.done("keys", "list").err
    assert "beside the vault" in told
    assert "root.passphrase" in told
    (desk.data / "root.passphrase").rename(desk.folder / "kept-elsewhere")
    (desk.data / "root.sealed").rename(desk.folder / "usb.sealed")
    assert desk.done("keys", "list").err == ""
    words = ("keys", "rotate", "head", "--root-file", desk.path("usb.sealed"))
    assert desk.run(*words, ZHENGKA_ROOT_PASSPHRASE_FILE=desk.path("kept-elsewhere")).code == 0


def test_a_register_with_one_passphrase_for_both_works_and_is_told(desk: Desk) -> None:
    """As every register was made before vault and root had a passphrase each."""
    own = (desk.data / "root.passphrase").read_bytes().strip()
    change_root_passphrase(desk.data / "root.sealed", own, PASSPHRASE.encode(), os.urandom)
    (desk.data / "root.passphrase").unlink()
    answer = desk.done("keys", "rotate", "head")
    assert "zhengka keys passphrase root" in answer.err
    assert "share one passphrase" in desk.done("keys", "list").err
    desk.done("keys", "passphrase", "root")
    assert "share one passphrase" not in desk.done("keys", "list").err
    assert desk.done("keys", "rotate", "status", "--json").json["state"] == "next"
