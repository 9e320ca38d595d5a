"""The vectors as seen by an implementation that shares no line with ours: ``checker/``, in JavaScript."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests import needs

FOLDER = Path(__file__).parent
CHECKER = FOLDER / "checker"
OLDEST_NODE = (20, 19)

# The checker names the stage that refuses; ours names the reason.
STAGES = {
    "envelope-malformed": "envelope",
    "unknown-key": "key",
    "signature-invalid": "signature",
    "root-not-pinned": "root",
    "key-document-older": "older",
}


def test_an_independent_checker_agrees_on_every_vector() -> None:
    node = needs.tool("node", apt="nodejs")
    version = _run(str(node), "--version").lstrip("v").split(".")
    if (int(version[0]), int(version[1])) < OLDEST_NODE:
        needs.missing("node 20.19", install="install Node.js 20.19 or newer from nodejs.org")
    _install_packages()
    assert json.loads(_run(str(node), "check.js")) == _expected()


def test_the_checkers_lock_names_no_registry() -> None:
    assert '"resolved"' not in (CHECKER / "package-lock.json").read_text(encoding="utf-8")


def _install_packages() -> None:
    """Install what the lock file says, once: npm leaves a lock of its own in node_modules when it has finished."""
    installed = CHECKER / "node_modules" / ".package-lock.json"
    lock = CHECKER / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = needs.tool("npm", apt="npm")
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=CHECKER,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        needs.missing("the vector checker's npm packages", install="npm ci --ignore-scripts, in tests/vectors/checker")


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=CHECKER, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _expected() -> dict[str, dict[str, str]]:
    digits, cards = _load("digits.json"), _load("cards.json")
    lists, documents = _load("status-lists.json"), _load("key-documents.json")
    return {
        "digits.json valid": {"all": "ok"},
        "digits.json refused": {vector["name"]: "text" for vector in digits["refused"]},
        "cards.json valid": _all_ok(cards["valid"]),
        "cards.json refused": {vector["name"]: vector["stage"] for vector in cards["refused"]},
        "cards.json refused_keys": {vector["name"]: "key" for vector in cards["refused_keys"]},
        "cards.json keys": {"good": "ok", "two share an identifier": "ok"},
        "status-lists.json valid": _all_ok(lists["valid"]),
        "status-lists.json refused": _stages(lists["refused"]),
        "status-lists.json valid, by @owf/token-status-list": _all_ok(lists["valid"]),
        "key-documents.json valid": _all_ok(documents["valid"]),
        "key-documents.json refused": _stages(documents["refused"]),
    }


def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


def _all_ok(vectors: list[dict[str, Any]]) -> dict[str, str]:
    return {vector["name"]: "ok" for vector in vectors}


def _stages(vectors: list[dict[str, Any]]) -> dict[str, str]:
    return {vector["name"]: STAGES.get(vector["code"], "payload") for vector in vectors}
