"""督§9, 考§12: batches over HTTP: who may issue what, once for each key, and nothing of another's."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import Any, Final

import httpx
import openpyxl
import pytest

from cardlayout.impose import Sheet
from service.api import batches as api_batches
from service.domain.access import By, Permission
from service.domain.application import RawRow
from service.domain.application.headings import HEADING_OF
from service.domain.card_number import CardNumber
from service.domain.journal import parse_entry
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import VoidRequest
from service.flows.cards.lifecycle import void_number
from service.flows.issue.issue_files import MAX_ROSTER_BYTES
from service.flows.issue.number_series import list_series
from service.flows.running.audit import export_journal
from tests.api.staffed import Staffed, staffed_service
from tests.cardlayout.reading import codes, picture, text_of
from tests.flows.office import ACTOR, FACTORY, SCHOOL, applicant, photo

ISSUE: Final = Permission.ISSUE
Headers = Mapping[str, str]


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path) as running:
        yield running


@pytest.fixture
def tokens(staffed: Staffed) -> dict[str, dict[str, str]]:
    return {name: staffed.token(name, ISSUE) for name in ("centre", "school", "factory")}


def roster_of(*rows: RawRow) -> bytes:
    fields = list(dict.fromkeys(field for row in rows for field in row.cells))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([HEADING_OF[field].zh for field in fields])
    for row in rows:
        sheet.append([row.cells.get(field) for field in fields])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def photos_of(*rows: RawRow, **others: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, row in enumerate(rows):
            archive.writestr(f"{row.cells['resident_id']}.jpg", photo(place % 3))
        for name, content in others.items():
            archive.writestr(f"{name}.jpg", content)
    return buffer.getvalue()


def hand_in(
    staffed: Staffed,
    headers: Headers,
    *rows: RawRow,
    key: str | None = "one",
    roster: bytes | None = None,
    photos: bytes | None = None,
    **fields: str | list[str],
) -> httpx.Response:
    """Hand a batch in and, where it was accepted, wait until it is done: the answer is what became of it."""
    answer = accepted(staffed, headers, *rows, key=key, roster=roster, photos=photos, **fields)
    if answer.status_code != 202:
        return answer
    return settled(staffed, headers, answer.headers["location"].removeprefix("/api/v1/batches"))


def settled(staffed: Staffed, headers: Headers, address: str) -> httpx.Response:
    """Wait until nothing more is done for a batch, and read it."""
    for _ in range(600):
        answer = read(staffed, headers, address)
        if answer.json().get("state") != "issuing":
            return answer
        sleep(0.05)
    raise AssertionError("it is never done")


def accepted(
    staffed: Staffed,
    headers: Headers,
    *rows: RawRow,
    key: str | None = "one",
    roster: bytes | None = None,
    photos: bytes | None = None,
    **fields: str | list[str],
) -> httpx.Response:
    files = {
        "roster": ("名单.xlsx", roster_of(*rows) if roster is None else roster),
        "photos": ("照片.zip", photos_of(*rows) if photos is None else photos),
    }
    keyed = {} if key is None else {"Idempotency-Key": key}
    answer: httpx.Response = staffed.client.post(
        "/api/v1/batches", files=files, data={"reviewed_by": "李审核", **fields}, headers={**headers, **keyed}
    )
    return answer


def read(staffed: Staffed, headers: Headers, address: str) -> httpx.Response:
    answer: httpx.Response = staffed.client.get(f"/api/v1/batches{address}", headers=dict(headers))
    return answer


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text


def used(staffed: Staffed) -> list[tuple[str, int]]:
    return [(one.prefix, one.last_no) for one in list_series(staffed.office.register)]


GOOD: Final = applicant("standard", 2, 2)
BAD: Final = applicant("standard", 3, 3, theory_score=10)
INTERNAL: Final = applicant("internal", 4, 2)


def test_a_batch_is_issued_read_again_and_printed(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    answer = accepted(staffed, tokens["centre"], GOOD, BAD)
    assert answer.status_code == 202, answer.text
    address = f"/api/v1/batches/{answer.json()['batch']}"
    assert (answer.headers["location"], answer.json()["self"]) == (address, address)
    told = hand_in(staffed, tokens["centre"], GOOD, BAD).json()
    assert (told["state"], told["progress"], told["failure"]) == ("issued", {"done": 2, "total": 2}, None)
    (issued,) = told["issued"]
    assert issued == {"row": 2, "number": "26310020001", "name": GOOD.cells["name"]}
    (row,) = told["refused"]
    assert row["row"] == 3
    assert [(one["field"], one["code"], one["article"]) for one in row["problems"]] == [
        ("theory_score", "score-below-pass", "考§11")
    ]
    again = read(staffed, tokens["centre"], f"/{told['batch']}").json()
    assert again.items() >= told.items()
    assert (again["issuer"], again["reviewed_by"]) == ("centre", "李审核")
    assert again["counts"] == {"issued": 1, "refused": 1, "printable": 1}
    assert again["links"] == {"self": address, "cards": f"{address}/cards.pdf", "report": f"{address}/report.xlsx"}
    (line,) = read(staffed, tokens["centre"], "?key=one").json()["batches"]
    assert (line["batch"], line["state"], line["name"]) == (told["batch"], "issued", "名单")
    assert read(staffed, tokens["centre"], "?key=two").json() == {"batches": []}
    report = read(staffed, tokens["centre"], f"/{told['batch']}/report.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(report.content)).active
    assert sheet is not None
    assert issued["number"] in [cell.value for cell in sheet[2]]
    first = read(staffed, tokens["centre"], "").json()["batches"][0]
    assert (first["batch"], first["issued"], first["refused"]) == (told["batch"], 1, 1)
    pdf = read(staffed, tokens["centre"], f"/{told['batch']}/cards.pdf?sheet=single")
    assert pdf.status_code == 200
    assert pdf.headers["content-type"] == "application/pdf"
    assert int(pdf.headers["content-length"]) == len(pdf.content)
    (code,) = codes(picture(pdf.content, 1))
    assert code.text == staffed.office.text(CardNumber(issued["number"]))
    assert staffed.office.verdict(code.text).verdict is Word.VALID
    assert {event.kind for event in staffed.office.events()} >= {"batch-issued", "cards-printed"}


def test_the_journal_names_who_asked(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    batch = hand_in(staffed, tokens["school"], INTERNAL).json()["batch"]
    read(staffed, tokens["school"], f"/{batch}/cards.pdf")
    entries = [parse_entry(entry) for entry in export_journal(staffed.office.register)]
    actors = {entry.event.kind: entry.actor for entry in entries if entry.actor != ACTOR}
    assert actors["batch-issued"] == actors["card-issued"] == actors["cards-printed"] == "user:school"
    (line,) = read(staffed, tokens["school"], "").json()["batches"]
    assert line["issuer"] == SCHOOL.code


def test_only_issuers_issue(staffed: Staffed) -> None:
    refused(hand_in(staffed, {}, GOOD), 401, "not-signed-in")
    others = {"yubei": Permission.PROPOSE, "gate": Permission.CHECK, "auditor": Permission.READ_SCANS}
    for name, scope in (*others.items(), ("centre", Permission.CHANGE_CARDS)):
        headers = staffed.token(name, scope)
        refused(hand_in(staffed, headers, GOOD), 403, "not-permitted")
        for address in ("", "/1", "/1/cards.pdf"):
            refused(read(staffed, headers, address), 403, "not-permitted")
    assert [prefix for prefix, _ in used(staffed)] == ["R5026"], "the office's own card, and no other"


def test_whoever_is_signed_in_shows_that_the_page_is_ours(staffed: Staffed) -> None:
    csrf = staffed.csrf("centre")
    refused(hand_in(staffed, {}, GOOD), 403, "csrf")
    assert accepted(staffed, csrf, GOOD).status_code == 202


def test_each_issuer_issues_its_own_cards_alone(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    """督§9, 考§12."""

    def codes_of(name: str, row: RawRow) -> list[str]:
        told = hand_in(staffed, tokens[name], row, key=f"{name} {row.cells['kind']}".encode().hex()[:40]).json()
        return [one["code"] for refusal in told["refused"] for one in refusal["problems"]]

    assert codes_of("school", GOOD) == ["issuer-other-kind"]
    assert codes_of("centre", INTERNAL) == ["issuer-other-kind"]
    assert codes_of("factory", INTERNAL) == ["issuer-other-institution"]
    assert codes_of("school", INTERNAL) == []


def test_another_bodys_batch_is_as_if_it_were_not_there(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    batch = hand_in(staffed, tokens["school"], INTERNAL).json()["batch"]
    for name in ("factory", "centre"):
        nothing = read(staffed, tokens[name], "/999").json()
        for address in (f"/{batch}", f"/{batch}/cards.pdf", f"/{batch}/report.xlsx"):
            answer = read(staffed, tokens[name], address)
            refused(answer, 404, "no-such-batch")
            assert answer.json() == {
                key: str(text).replace("999", str(batch)) if key != "status" else text for key, text in nothing.items()
            }
        assert batch not in [one["batch"] for one in read(staffed, tokens[name], "").json()["batches"]]
    assert read(staffed, tokens["school"], f"/{batch}").status_code == 200
    assert [one["batch"] for one in read(staffed, tokens["school"], "").json()["batches"]] == [batch]


def test_a_retry_issues_nothing_and_gives_the_same_answer(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    first = hand_in(staffed, tokens["centre"], GOOD, BAD)
    again = hand_in(staffed, tokens["centre"], GOOD, BAD)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = hand_in(staffed, tokens["centre"], applicant("standard", 5, 2))
    refused(other, 409, "idempotency-key-reused")
    assert dict(used(staffed))["2631002"] == 1
    # Keys are each account's own.
    assert accepted(staffed, tokens["school"], INTERNAL).status_code == 202


@pytest.mark.parametrize("key", [None, "", "two words", "k" * 101])
def test_without_a_good_key_no_number_is_spent(
    staffed: Staffed, tokens: dict[str, dict[str, str]], key: str | None
) -> None:
    before = used(staffed)
    answer = hand_in(staffed, tokens["centre"], GOOD, key=key)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"key-missing", "request-malformed"}
    assert used(staffed) == before


def test_a_dry_run_needs_no_key_and_spends_no_number(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    before = used(staffed)
    answer = hand_in(staffed, tokens["centre"], GOOD, BAD, key=None, dry_run="true")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["batch"], told["dry_run"]) == (None, True)
    assert told["issued"] == [{"row": 2, "number": None, "name": GOOD.cells["name"]}]
    assert [row["row"] for row in told["refused"]] == [3]
    assert used(staffed) == before


def two_lists(*rows: RawRow) -> bytes:
    """A workbook with each row in a list of its own: 名单1, 名单2 …"""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for place, row in enumerate(rows, 1):
        sheet = book.create_sheet(f"名单{place}")
        sheet.append([HEADING_OF[field].zh for field in row.cells])
        sheet.append(list(row.cells.values()))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_of_several_lists_one_is_named(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    other = applicant("external", 6, 2)
    lists = two_lists(GOOD, other)
    answer = hand_in(staffed, tokens["centre"], GOOD, other, roster=lists, all_or_nothing="true")
    refused(answer, 422, "roster-several-lists")
    assert "'名单1', '名单2'" in answer.json()["detail"]
    assert "`roster_sheet`" in answer.json()["detail"]
    told = hand_in(staffed, tokens["centre"], GOOD, other, roster=lists, roster_sheet="名单2").json()
    assert [row["name"] for row in told["issued"]] == [other.cells["name"]]


def test_a_new_job_type_is_confirmed_by_its_name(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    rows = [
        applicant("special_skill", 2, 2, occupations="陶艺制作"),
        applicant("special_skill", 4, 3, occupations="面塑"),
    ]
    before = used(staffed)
    asked = hand_in(staffed, tokens["centre"], *rows, key=None, dry_run="true").json()
    assert (asked["issued"], asked["new_job_types"]) == ([], ["陶艺制作", "面塑"])
    assert {problem["code"] for row in asked["refused"] for problem in row["problems"]} == {"occupation-new"}
    assert "`new_job_types`" in asked["refused"][0]["problems"][0]["zh"]
    assert used(staffed) == before
    told = hand_in(staffed, tokens["centre"], *rows, new_job_types="陶艺制作").json()
    assert [row["row"] for row in told["issued"]] == [2]
    told = hand_in(staffed, tokens["centre"], *rows, key="two", new_job_types=["面塑", "陶艺制作"]).json()
    assert [row["row"] for row in told["issued"]] == [3]
    assert told["new_job_types"] == []


def test_all_or_nothing(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    before = used(staffed)
    answer = hand_in(staffed, tokens["centre"], GOOD, BAD, all_or_nothing="true")
    assert (answer.json()["state"], answer.json()["issued"]) == ("open", [])
    assert answer.json()["failure"]["code"] == "all-or-nothing"
    assert [row["row"] for row in answer.json()["refused"]] == [3]
    assert used(staffed) == before


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ({"roster": b"no workbook"}, 422, "roster-not-xlsx"),
        ({"photos": b"no archive"}, 422, "photos-not-zip"),
        ({"photos": photos_of(GOOD)[:-40]}, 422, "photos-not-zip"),
        ({"roster": bytes(MAX_ROSTER_BYTES + 1)}, 413, "file-too-large"),
    ],
)
def test_files_that_cannot_be_used(
    staffed: Staffed, tokens: dict[str, dict[str, str]], files: dict[str, Any], status: int, code: str
) -> None:
    refused(hand_in(staffed, tokens["centre"], GOOD, **files), status, code)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(
    staffed: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    headers = {
        **tokens["centre"],
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(api_batches.MAX_BATCH_BODY + 1),
    }
    answer = staffed.client.post("/api/v1/batches", content=b"--x", headers=headers)
    refused(answer, 413, "body-too-large")


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_other_bodies_than_forms_with_files(staffed: Staffed, tokens: dict[str, dict[str, str]], kind: str) -> None:
    headers = {**tokens["centre"], "Content-Type": kind}
    refused(staffed.client.post("/api/v1/batches", content=b"{}", headers=headers), 415, "multipart-expected")


@pytest.mark.parametrize(
    "form",
    [
        {"files": {"photos": ("a.zip", b"x")}},
        {"files": {"roster": ("a.xlsx", b"x"), "photos": (None, b"words")}},
        {"files": {"roster": ("a.xlsx", b"x"), "photos": ("b.zip", b"x")}, "data": {"issued_on": "tomorrow"}},
        {"files": {"roster": ("a.xlsx", b"x"), "photos": ("b.zip", b"x")}, "data": {"dry_run": "perhaps"}},
        {"files": {"roster": ("a.xlsx", b"x"), "photos": ("b.zip", b"x")}, "data": {"reviewed_by": "长" * 61}},
    ],
)
def test_a_form_that_is_not_as_described(
    staffed: Staffed, tokens: dict[str, dict[str, str]], form: dict[str, Any]
) -> None:
    answer = staffed.client.post("/api/v1/batches", headers={**tokens["centre"], "Idempotency-Key": "k"}, **form)
    refused(answer, 400, "request-malformed")


def test_cards_withdrawn_since_are_not_printed(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    rows = (GOOD, applicant("standard", 5, 3))
    told = hand_in(staffed, tokens["centre"], *rows).json()
    first, second = (CardNumber(one["number"]) for one in told["issued"])
    void_number(staffed.office.register, first, VoidRequest(reason="印错"), By(ACTOR))
    pdf = read(staffed, tokens["centre"], f"/{told['batch']}/cards.pdf?sheet={Sheet.SINGLE.value}").content
    assert second in text_of(pdf, 0)
    assert first not in text_of(pdf, 0)
    void_number(staffed.office.register, second, VoidRequest(reason="印错"), By(ACTOR))
    refused(read(staffed, tokens["centre"], f"/{told['batch']}/cards.pdf"), 422, "nothing-to-print")
    stored = read(staffed, tokens["centre"], f"/{told['batch']}").json()
    assert (stored["counts"]["printable"], stored["links"]["cards"]) == (0, None)


@pytest.mark.parametrize("query", ["sheet=a3", "flip=over", "slot=hole"])
def test_sheets_there_are_not(staffed: Staffed, tokens: dict[str, dict[str, str]], query: str) -> None:
    batch = hand_in(staffed, tokens["centre"], GOOD).json()["batch"]
    assert read(staffed, tokens["centre"], f"/{batch}/cards.pdf?{query}").status_code == 400


def test_the_list_goes_on_from_the_last_one(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    made = [
        hand_in(staffed, tokens["school"], applicant("internal", person, 2), key=f"k{person}").json()["batch"]
        for person in (4, 6, 8)
    ]

    def listed(query: str = "") -> Sequence[int]:
        return [one["batch"] for one in read(staffed, tokens["school"], query).json()["batches"]]

    assert listed() == made[::-1]
    assert listed(f"?before={made[2]}") == made[1::-1]
    assert listed(f"?before={made[0]}") == []


def test_an_institution_that_is_not_the_rosters(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    told = hand_in(staffed, tokens["factory"], applicant("internal", 4, 2, institution=FACTORY.code)).json()
    assert [one["number"][:7] for one in told["issued"]] == [f"{FACTORY.letter}{FACTORY.code}"]


def test_photographs_are_sent_by_their_digest_and_only_what_is_missing(
    staffed: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    """The connection is cut after half of a photograph: the retry is told where it goes on, and the batch is issued."""
    data = photo()
    sha256 = hashlib.sha256(data).hexdigest()
    headers = {**tokens["centre"], "Idempotency-Key": "in-pieces"}
    form = {"reviewed_by": "李审核", "photo_list": f"{sha256} {len(data)} {GOOD.cells['resident_id']}.jpg"}

    def begin() -> httpx.Response:
        files = {"roster": ("名单.xlsx", roster_of(GOOD))}
        answer: httpx.Response = staffed.client.post("/api/v1/batches", files=files, data=form, headers=headers)
        return answer

    def piece(address: str, at: int, content: bytes) -> httpx.Response:
        body = {"sha256": sha256, "at": at, "content": base64.b64encode(content).decode()}
        answer: httpx.Response = staffed.client.post(f"{address}/photos", json=body, headers=dict(tokens["centre"]))
        return answer

    begun = begin()
    assert (begun.status_code, begun.json()["missing"]) == (202, [{"sha256": sha256, "at": 0}])
    address = begun.headers["location"]
    half = len(data) // 2
    assert piece(address, 0, data[:half]).json()["received"] == half
    again = begin()
    assert (again.json()["batch"], again.json()["missing"]) == (
        begun.json()["batch"],
        [{"sha256": sha256, "at": half}],
    )
    assert read(staffed, tokens["centre"], f"/{begun.json()['batch']}").json()["state"] == "open"
    refused(piece(address, half + 1, data[half + 1 :]), 409, "piece-out-of-place")
    refused(piece(f"{address}9", 0, data), 404, "no-such-batch")
    assert piece(address, half, data[half:]).json() == {
        "sha256": sha256,
        "size": len(data),
        "received": len(data),
        "failure": None,
    }
    told = settled(staffed, tokens["centre"], f"/{begun.json()['batch']}").json()
    assert (told["state"], len(told["issued"])) == ("issued", 1)
    assert begin().json()["missing"] == []
    bare = staffed.client.post("/api/v1/batches", files={"roster": ("a.xlsx", roster_of(GOOD))}, headers=headers)
    refused(bare, 422, "request-invalid")
