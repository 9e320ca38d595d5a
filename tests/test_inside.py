"""Tests and code reach for nothing outside the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inside import CHECKOUT, WATCHED, reaches_outside

ALLOWED = ("/somebody/venv",)


@pytest.mark.parametrize(
    ("path", "outside"),
    [
        ("/somebody/src/shared/regulation.txt", True),
        ("/somebody/src/zhengka/../shared/regulation.txt", True),
        ("/somebody/notes.txt", True),
        ("/somebody/src/zhengka-2/x", True),
        ("/somebody/src/zhengka/tests/x", False),
        ("/somebody/venv/lib/x.py", False),
        ("/somebody/.cache/fontconfig/x", False),
        ("/usr/share/zoneinfo/Asia/Shanghai", False),
        ("/etc/hosts", False),
    ],
)
def test_what_lies_in_a_folder_above_the_checkout_is_outside(path: str, outside: bool) -> None:  # noqa: FBT001
    assert reaches_outside(path, Path("/somebody/src/zhengka"), ALLOWED) is outside


@pytest.mark.parametrize(
    ("path", "outside"),
    [("/temporary/pytest-of-somebody/x", False), ("/temporary/notes", False), ("/temporary/src/notes", True)],
)
def test_a_checkout_among_temporary_files_reads_these_and_not_its_neighbours(path: str, outside: bool) -> None:  # noqa: FBT001
    assert reaches_outside(path, Path("/temporary/src/zhengka"), ("/temporary",)) is outside
    assert not reaches_outside("/temporary/pytest-of-somebody/x", Path("/temporary/zhengka"), ("/temporary",))


def test_a_home_beside_the_checkout_lends_its_hidden_folders_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somebody/home")
    assert not reaches_outside("/somebody/home/.reportlab_mods", Path("/somebody/zhengka"), ALLOWED)
    assert reaches_outside("/somebody/home/notes.txt", Path("/somebody/zhengka"), ALLOWED)


def test_whatever_is_opened_beside_the_checkout_raises(tmp_path: Path) -> None:
    (tmp_path / "zhengka").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "zhengka" / "mine.txt").write_text("within")
    script = """
import sys
from pathlib import Path
from tests.inside import ReachedOutside, forbid_reaching_outside
checkout = Path(sys.argv[1])
forbid_reaching_outside(checkout, ())
print((checkout / "mine.txt").read_text())
for reach in ((checkout.parent / "notes.txt").read_bytes, lambda: list(checkout.parents[1].iterdir())):
    try:
        reach()
    except ReachedOutside as error:
        print(error)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "zhengka")]
    out = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert out.startswith("within\n")
    assert out.count("lies outside the repository") == 2


def test_this_run_is_watched() -> None:
    assert WATCHED == [CHECKOUT]


def test_no_script_names_a_file_outside_the_checkout() -> None:
    """What runs in node and in browsers, where nothing watches the files that are opened."""
    named = re.compile(r"""['"`](\.\.?/[\w./-]*)['"`$]""")
    for script in (path for kind in ("js", "mjs") for path in CHECKOUT.glob(f"tests/**/*.{kind}")):
        if "node_modules" not in script.parts:
            for target in named.findall(script.read_text("utf-8")):
                assert (script.parent / target).resolve().is_relative_to(CHECKOUT), f"{script}: {target}"
