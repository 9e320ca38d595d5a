"""What whoever runs the service watches: in the text format of Prometheus, true, and nothing of any person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.api.metrics import exposition
from service.domain.access import By, Permission
from service.domain.card import ReplacementReason
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from service.flows.publishing.publish import keep_current
from service.flows.running.journal_mirror import set_mirror
from service.flows.running.metrics import Metric, Sample, measure
from tests.api.staffed import Staffed, staffed_service
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
        after = parsed(exposition(measure(staffed.office.register)))
        passed = timedelta(days=2, hours=1).total_seconds()
        assert value(after, "status_list_age_seconds", list="1") == passed
        assert value(after, "status_list_behind", list="1") == 1
        assert value(after, "key_document_age_seconds") - value(before, "key_document_age_seconds") == passed
        assert value(before, "key_document_left_seconds") - value(after, "key_document_left_seconds") == passed
        assert {value(after, "signing_key_days_left", purpose=one) for one in ("card/1", "head")} == {364}
        staffed.office.clock.advance(days=4 * 365)
        late = parsed(exposition(measure(staffed.office.register)))
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
    assert parsed(exposition([metric])) == {("zhengka_x", (("one", text), ("two", "b"))): 1.5}


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
