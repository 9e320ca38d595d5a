"""The scripts that browsers get: written for the oldest of them, and the vendored ones unchanged."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "service" / "pages" / "assets"
OURS = sorted(path for folder in ("verifier", "app") for path in (ASSETS / folder).rglob("*.js"))
VENDORED = ("noble-ed25519", "noble-hashes", "fflate", "htmx")

# What Chrome 80, Safari 14 and Firefox 78 cannot read or lack, as far as the types do not tell.
TOO_NEW = re.compile(
    r"\?\?=|\|\|=|&&=|\(\?<[=!]|\.at\(|\bstructuredClone\b|\bObject\.hasOwn\b|\.replaceAll\(|^await |#\w+ in ",
    re.MULTILINE,
)


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ASSETS)))
def test_scripts_hold_nothing_that_old_browsers_lack(path: Path) -> None:
    text = path.read_text("utf-8")
    assert TOO_NEW.findall(text) == []
    assert path.name == "old-browser.js" or text.startswith(
        "// @ts-check\n"
    )  # that one is for browsers without modules


@pytest.mark.parametrize("path", [path for path in OURS if path.parent.name == "verifier"], ids=lambda path: path.name)
def test_verifier_touches_no_page_no_network_no_clock_no_storage(path: Path) -> None:
    code = re.sub(r"^\s*(//|\*|/\*\*).*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert max(map(len, path.read_text("utf-8").splitlines())) <= 120
    forbidden = r"\b(document\.(?!hosts|version|validUntil|keys|nextRoot|issued)|window|fetch|localStorage|Date\.now)\b"
    assert re.findall(forbidden, code) == []
    assert "new Date()" not in code


@pytest.mark.parametrize("folder", VENDORED)
def test_vendored_files_are_as_fetched(folder: str) -> None:
    listed = (ASSETS / "vendor" / folder / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in listed)}
    files = {path.name for path in (ASSETS / "vendor" / folder).iterdir()} - {"README.md", "SHA256SUMS"}
    assert set(sums) == files
    for name, digest in sums.items():
        assert hashlib.sha256((ASSETS / "vendor" / folder / name).read_bytes()).hexdigest() == digest


def test_the_lock_of_the_type_checker_names_no_registry() -> None:
    assert '"resolved"' not in (Path(__file__).parent / "package-lock.json").read_text("utf-8")
