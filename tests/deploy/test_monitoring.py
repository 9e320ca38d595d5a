"""The alarms and the board: Prometheus takes them, each goes off for what it is for, and the manual says what to do."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.needs import tool

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
RULES: Final = DEPLOY / "prometheus" / "zhengka.rules.yml"
TESTS: Final = RULES.with_name("zhengka.tests.yml")
CONFIG: Final = RULES.with_name("prometheus.yml")
BOARD: Final = DEPLOY / "grafana" / "zhengka.json"
METRIC: Final = re.compile(r"\bzhengka_\w+")
ALERT: Final = re.compile(r"^      - alert: (\w+)$", re.MULTILINE)
RUNBOOK: Final = re.compile(r"^          runbook_url: https://\S+/docs/zh/monitoring\.html#([a-z]+)$", re.MULTILINE)


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = tool("promtool", apt="prometheus")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=60)


def manual(language: str) -> str:
    return (ROOT / "docs" / language / "monitoring.md").read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [("check", "config", CONFIG), ("check", "rules", RULES), ("test", "rules", TESTS)],
    ids=["config", "rules", "tests"],
)
def test_prometheus_takes_what_is_shipped(words: tuple[str, ...]) -> None:
    found = promtool(*words)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "SUCCESS" in found.stdout


def test_each_alarm_is_set_off_by_the_rules_tests() -> None:
    names = ALERT.findall(RULES.read_text("utf-8"))
    assert len(names) > 15
    tried = re.findall(r'alertname="(\w+)"', TESTS.read_text("utf-8"))
    assert set(tried) == set(names)


def test_a_rule_that_is_never_set_off_fails(tmp_path: Path) -> None:
    """The rules' tests are no formality: with one threshold moved they fail."""
    text = RULES.read_text("utf-8")
    assert "zhengka_status_list_age_seconds) > 7200" in text
    moved = text.replace("zhengka_status_list_age_seconds) > 7200", "zhengka_status_list_age_seconds) > 72000")
    (tmp_path / RULES.name).write_text(moved, "utf-8")
    (tmp_path / TESTS.name).write_text(TESTS.read_text("utf-8"), "utf-8")
    assert promtool("test", "rules", tmp_path / TESTS.name).returncode != 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_alarm_has_its_paragraph_in_the_manual(language: str) -> None:
    text = RULES.read_text("utf-8")
    names = ALERT.findall(text)
    assert RUNBOOK.findall(text) == [name.lower() for name in names]
    alarms = re.split(r"^## ", manual(language), flags=re.MULTILINE)[-1]
    paragraphs = dict(re.findall(r"^### (\w+)\n\n(.+)\n", alarms, re.MULTILINE))
    assert list(paragraphs) == names
    assert all(len(words) > 40 for words in paragraphs.values())


@pytest.mark.parametrize("file", [RULES, TESTS, BOARD], ids=lambda file: file.name)
def test_only_metrics_that_are_told_are_asked_for(file: Path) -> None:
    rows = [line for line in manual("en").splitlines() if line.startswith("| `zhengka_")]
    told = {
        name for row in rows for name in METRIC.findall(row.split("|")[1])
    }  # which a test holds against the program
    asked = {re.sub(r"_bucket$", "", name) for name in METRIC.findall(file.read_text("utf-8"))}
    assert asked
    assert asked <= told | {"zhengka_process_resident_memory_bytes"}


def test_the_board_has_a_place_for_every_panel() -> None:
    board = json.loads(BOARD.read_text("utf-8"))
    places = [
        (panel["gridPos"]["x"] + dx, panel["gridPos"]["y"] + dy)
        for panel in board["panels"]
        for dx in range(panel["gridPos"]["w"])
        for dy in range(panel["gridPos"]["h"])
    ]
    assert len(places) == len(set(places)), "no panel lies on another"
    assert all(x < 24 for x, _ in places)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert all(panel["targets"] for panel in board["panels"])


def test_every_query_of_the_board_is_one(tmp_path: Path) -> None:
    """As rules, since promtool reads nothing else without a server."""
    board = json.loads(BOARD.read_text("utf-8"))
    queries = [target["expr"].replace("$job", "zhengka") for panel in board["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{at}", "expr": query} for at, query in enumerate(queries)]
    file = tmp_path / "board.json"
    file.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}), "utf-8")
    found = promtool("check", "rules", file)
    assert found.returncode == 0, found.stdout + found.stderr
