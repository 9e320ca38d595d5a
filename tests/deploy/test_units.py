"""systemd's units: what they run is there, and what they may do is little."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from service import settings
from tests import needs
from tests.test_docs import LEAVES, checked_arguments, resolved

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
SERVICES: Final = sorted((DEPLOY / "systemd").glob("*.service"))
MOST_EXPOSED: Final = 1.5
"""Of 10; the least that systemd calls well protected is 2.5."""
PROGRAM: Final = "/opt/zhengka/bin/zhengka"
OF_LIBPQ: Final = {"PGPASSFILE"}
OF_SCRIPTS: Final = {"BACKUP_KEY"}
each = pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


@each
def test_a_unit_may_do_little(unit: Path, tmp_path: Path) -> None:
    analyze = needs.tool("systemd-analyze", apt="systemd")
    named = tmp_path / unit.name.replace("@", "@8001")
    shutil.copyfile(unit, named)
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", named], capture_output=True, text=True, check=False
    )
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED
    assert "Unknown" not in done.stderr, done.stderr


@each
def test_a_unit_runs_what_there_is(unit: Path) -> None:
    (line,) = values(unit, "ExecStart")
    words = shlex.split(line.replace("%i", "8001"))
    if words[0] == PROGRAM:
        path, rest = resolved(tuple(words[1:]))
        assert checked_arguments(LEAVES[path], rest) == 0
    else:
        place = words[0].replace("/opt/zhengka/deploy/", "")
        assert (DEPLOY / place).is_file() or words[0] == "/usr/bin/logger"
    for failed in values(unit, "OnFailure"):
        assert (unit.parent / f"{failed.partition('@')[0]}@.service").is_file()


def test_every_timer_has_its_unit_and_the_passphrase_is_handed_over() -> None:
    timers = sorted((DEPLOY / "systemd").glob("*.timer"))
    assert [timer.stem for timer in timers] == ["zhengka-backup", "zhengka-doctor", "zhengka-publish"]
    for timer in timers:
        unit = timer.with_suffix(".service")
        assert values(unit, "LoadCredential") == ["passphrase:/etc/zhengka/passphrase"]
        assert f"{settings.PASSPHRASE_FILE}=%d/passphrase" in values(unit, "Environment")
        assert "pid" not in values(unit, "ProcSubset"), "the clock is compared by what /proc/sys tells"


def test_what_the_environment_file_sets_is_read() -> None:
    known = {value for value in vars(settings).values() if isinstance(value, str) and value.startswith("ZHENGKA_")}
    text = (DEPLOY / "zhengka.env").read_text("utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE))
    assert named <= known | OF_LIBPQ | OF_SCRIPTS
    chosen = dict(line.split("=", 1) for line in text.splitlines() if line.startswith("ZHENGKA_"))
    assert settings.load(chosen).trusted_proxies


def test_the_containers_run_what_there_is() -> None:
    text = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
    (command,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    path, rest = resolved(tuple(yaml.safe_load(command)))
    assert checked_arguments(LEAVES[path], rest) == 0
    composed = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))
    known = {value for value in vars(settings).values() if isinstance(value, str) and value.startswith("ZHENGKA_")}
    for name in ("zhengka-1", "zhengka-2"):
        service = composed["services"][name]
        assert set(service["environment"]) <= known | OF_LIBPQ
        secrets = {one if isinstance(one, str) else one["source"] for one in service["secrets"]}
        assert secrets <= set(composed["secrets"])
        chosen = {key: value for key, value in service["environment"].items() if not key.endswith("_FILE")}
        assert settings.load(chosen).trusted_proxies
