"""What whoever runs the service watches: in the text format of Prometheus, true, and nothing of any person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from service.counters import REGISTRY
from service.domain.access import By, Permission
from service.domain.card import ReplacementReason
from service.domain.draft_state import DraftState
from service.domain.notice import Topic
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from service.flows.notices.subscriptions import WebhookRequest, add_webhook
from service.flows.publishing.publish import keep_current
from service.flows.running.backups import note_backup
from service.flows.running.journal_mirror import set_mirror
from service.flows.running.metrics import Metric, Sample, measure
from service.store import drafts
from service.web.exposition import exposed, exposition
from tests.api.staffed import Staffed, staffed_service
from tests.api.test_serve import free_port
from tests.flows.office import ACTOR, applicant, name_of, resident_id
from tests.flows.people_at_work import ACCOUNTS

Read = dict[tuple[str, tuple[tuple[str, str], ...]], float]
PATH = "/metrics"
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,?)')


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("metrics") / "data") as running:
        yield running


def parsed(text: str) -> Read:
    """Read the text format 0.0.4: HELP and TYPE once and first, samples of one metric together, a line end each."""
    assert text.endswith("\n")
    values: Read = {}
    helped: list[str] = []
    typed: list[str] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            name, meaning = line.removeprefix("# HELP ").split(" ", 1)
            assert name not in helped
            assert meaning
            helped.append(name)
        elif line.startswith("# TYPE "):
            name, kind = line.removeprefix("# TYPE ").split(" ")
            assert (name, kind) == (helped[-1], "gauge")
            typed.append(name)
        else:
            name, labels, value = sample(line)
            assert name == typed[-1], "samples stand under their type"
            assert (name, labels) not in values
            values[name, labels] = float(value)
    assert helped == typed
    return values


def sample(line: str) -> tuple[str, tuple[tuple[str, str], ...], str]:
    named = _NAME.match(line)
    assert named, line
    rest, labels = line[named.end() :], []
    if rest.startswith("{"):
        rest = rest[1:]
        while not rest.startswith("}"):
            found = _LABEL.match(rest)
            assert found, line
            labels.append((found[1], re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[2])))
            rest = rest[found.end() :]
        rest = rest[1:]
    assert rest.startswith(" "), line
    return named[0], tuple(labels), rest[1:]


def scraped(staffed: Staffed) -> Read:
    answer = staffed.client.get(PATH, headers=staffed.token("boss", Permission.READ_METRICS))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parsed(answer.text)


def value(read: Read, name: str, **labels: str) -> float:
    return read[f"zhengka_{name}", tuple(labels.items())]


def test_what_is_told_is_what_the_register_holds(database_url: str, tmp_path: Path) -> None:
    with staffed_service(tmp_path / "data", database_url) as staffed:
        register = staffed.office.register
        other = staffed.office.issue_one(applicant("standard", 2))
        replace_card(register, staffed.number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
        keep_current(register)
        read = scraped(staffed)
        assert value(read, "cards", kind="external", state="valid") == 1
        assert value(read, "cards", kind="standard", state="valid") == 1
        assert value(read, "cards", kind="internal", state="valid") == 0
        assert (value(read, "copies", state="live"), value(read, "copies", state="replaced")) == (2, 1)
        assert value(read, "batches") == 2
        assert value(read, "series_numbers_used", prefix=other[:-4]) == 1
        assert value(read, "series_numbers_limit") == 9999
        assert value(read, "journal_entries") == len(staffed.office.events())
        assert value(read, "status_list_age_seconds", list="1") == 0
        assert value(read, "status_list_behind", list="1") == 0
        assert value(read, "database_bytes") > 100_000
        assert value(read, "start_time_seconds") == staffed.office.clock.now.timestamp()
        assert next(labels for name, labels in read if name == "zhengka_build_info")[0][0] == "version"


def test_ages_grow_and_days_run_out(tmp_path: Path) -> None:
    with staffed_service(tmp_path / "data") as staffed:
        keep_current(staffed.office.register)
        before = scraped(staffed)
        assert {value(before, "signing_key_days_left", purpose=one) for one in ("card/1", "status", "head")} == {366}
        staffed.office.clock.advance(days=2, hours=1)
        staffed.office.issue_one(applicant("external", 3))
        after = parsed(exposition(measure(staffed.office.register)).decode())
        passed = timedelta(days=2, hours=1).total_seconds()
        assert value(after, "status_list_age_seconds", list="1") == passed
        assert value(after, "status_list_behind", list="1") == 1
        assert value(after, "key_document_age_seconds") - value(before, "key_document_age_seconds") == passed
        assert value(before, "key_document_left_seconds") - value(after, "key_document_left_seconds") == passed
        assert {value(after, "signing_key_days_left", purpose=one) for one in ("card/1", "head")} == {364}
        staffed.office.clock.advance(days=4 * 365)
        late = parsed(exposition(measure(staffed.office.register)).decode())
        assert value(late, "cards", kind="external", state="expired") == 2
        assert value(late, "signing_key_days_left", purpose="status") < 0
        assert value(late, "key_document_left_seconds") < 0


def test_nothing_in_it_is_of_a_person(staffed: Staffed) -> None:
    text = staffed.client.get(PATH, headers=staffed.token("boss", Permission.READ_METRICS)).text
    for secret in (name_of(1), resident_id(1), staffed.number, *ACCOUNTS):
        assert secret not in text


def test_metrics_are_for_the_administrator_alone(staffed: Staffed) -> None:
    assert staffed.client.get(PATH).status_code == 401
    for who in ACCOUNTS:
        staffed.office.clock.advance(hours=1)
        staffed.csrf(who)
        answer = staffed.client.get(PATH)
        assert answer.status_code == (200 if who == "boss" else 403), who
        staffed.client.cookies.clear()


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", 'Z\\n"', "重庆", ""])
def test_labels_are_read_back_as_they_were(text: str) -> None:
    metric = Metric("zhengka_x", 'a "b" \\ c', (Sample(1.5, (("one", text), ("two", "b"))),))
    assert parsed(exposition([metric]).decode()) == {("zhengka_x", (("one", text), ("two", "b"))): 1.5}


def test_a_mirror_that_is_away_is_told(tmp_path: Path) -> None:
    with staffed_service(tmp_path / "data") as staffed:
        register, folder = staffed.office.register, tmp_path / "mirror"

        def behind() -> list[float]:
            told = (one.samples for one in measure(register) if one.name == "zhengka_journal_mirror_behind")
            return [sample.value for samples in told for sample in samples]

        assert behind() == []
        set_mirror(register.database, register.effects, register.mirror, folder, ACTOR)
        assert behind() == [0]
        folder.rename(tmp_path / "away")
        register.mirror.follow()
        assert behind() == [1]


def test_what_waits_and_the_last_backup_are_told(tmp_path: Path) -> None:
    with staffed_service(tmp_path / "data") as staffed:
        register, clock = staffed.office.register, staffed.office.clock
        quiet = scraped(staffed)
        waits = ("outbox_waiting", "outbox_oldest_seconds", "webhooks_failing", "jobs_waiting", "jobs_running")
        assert [value(quiet, name) for name in waits] == [0, 0, 0, 0, 0]
        assert ("zhengka_backup_age_seconds", ()) not in quiet
        assert 0 < value(quiet, "data_folder_free_ratio") <= 1
        add_webhook(register, By(ACTOR), WebhookRequest("https://hooks.example.cn/", list(Topic)))
        staffed.office.issue_one(applicant("external", 4))
        note_backup(register)
        with register.database.write() as connection:
            for until in (None, clock.now + timedelta(days=1)):
                one = drafts.begin(connection, body="centre", holder=ACTOR, name="x", now=clock.now)
                drafts.change(connection, one, clock.now, state=DraftState.ISSUING.value, leased_until=until)
        clock.advance(hours=2)
        told = parsed(exposition(measure(register)).decode())
        assert [value(told, name) for name in waits] == [1, 7200, 0, 1, 1]
        assert value(told, "backup_age_seconds") == 7200


def test_counting_row_by_row_takes_a_hundredth_of_the_time_at_most(tmp_path: Path) -> None:
    with staffed_service(tmp_path / "data") as staffed:
        register, clock = staffed.office.register, staffed.office.clock

        def batches() -> float:
            return value(parsed(exposition(measure(register, quick_s=0)).decode()), "batches")

        before = batches()
        staffed.office.issue_one(applicant("external", 5))
        assert batches() == before, "as counted before"
        clock.advance(hours=2)
        assert batches() == before + 1


def test_a_register_that_is_away_is_told_beside_the_counters(tmp_path: Path) -> None:
    with staffed_service(tmp_path / "data") as staffed:
        register, port = staffed.office.register, free_port()
        with exposed("127.0.0.1", port, register):
            assert "zhengka_register_up 1.0" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
            with register.database.write() as connection:
                connection.execute(text("ALTER TABLE status_list RENAME TO elsewhere"))
            away = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert away.status_code == 200
        assert "zhengka_register_up 0.0" in away.text
        assert "zhengka_verdicts_total" in away.text
        assert "zhengka_cards" not in away.text
        assert "elsewhere" not in away.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_manual_names_every_metric_and_no_other(tmp_path: Path, language: str) -> None:
    with staffed_service(tmp_path / "data") as staffed:
        register = staffed.office.register
        set_mirror(register.database, register.effects, register.mirror, tmp_path / "mirror", ACTOR)
        note_backup(register)
        gauges = {one.name for one in measure(register)}
    counted = {one.name + ("_total" if one.type == "counter" else "") for one in REGISTRY.collect()}
    manual = Path(__file__).parents[2] / "docs" / language / "monitoring.md"
    rows = [line for line in manual.read_text("utf-8").splitlines() if line.startswith("| `zhengka_")]
    named = {name for row in rows for name in re.findall(r"`(zhengka_\w+)`", row.split("|")[1])}
    assert named == gauges | counted | {"zhengka_register_up"}
