"""The journal over HTTP, held to RFC 9162 by verifiers that are written here and share nothing with the service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service.domain.access import Permission
from service.domain.event import Event
from service.flows.publishing.proofs import BLOCK
from service.flows.publishing.publish import keep_current
from service.flows.running.audit import export_journal, read_head, signed_head
from service.flows.running.read_journal import MOST
from service.store import journal
from tests.api.staffed import Staffed, staffed_service
from tests.flows.people_at_work import ACCOUNTS, PASSWORD

HEAD, ENTRIES, PROOF, CONSISTENCY = (f"/api/v1/journal/{part}" for part in ("head", "entries", "proof", "consistency"))
LONG = 2 * BLOCK + 300


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 2.1.1, as it is defined, over leaf hashes."""
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha(b"\1", tree(leaves[:half]), tree(leaves[half:]))


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """RFC 9162 2.1.3.2."""
    position, last, root = index, size - 1, leaf
    for node in path:
        if last == 0:
            return None
        if position % 2 == 1 or position == last:
            root = sha(b"\1", node, root)
            while position % 2 == 0 and position != 0:
                position, last = position // 2, last // 2
        else:
            root = sha(b"\1", root, node)
        position, last = position // 2, last // 2
    return root if last == 0 else None


def roots_by_consistency(
    first: int, second: int, first_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """RFC 9162 2.1.4.2, for 0 < first < second."""
    nodes = list(path)
    if first & (first - 1) == 0:
        nodes = [first_root, *nodes]
    position, last = first - 1, second - 1
    while position % 2 == 1:
        position, last = position // 2, last // 2
    earlier = later = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if position % 2 == 1 or position == last:
            earlier, later = sha(b"\1", node, earlier), sha(b"\1", node, later)
            while position % 2 == 0 and position != 0:
                position, last = position // 2, last // 2
        else:
            later = sha(b"\1", later, node)
        position, last = position // 2, last // 2
    return (earlier, later) if last == 0 else None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("journal") / "data") as running:
        keep_current(running.office.register)  # the keeper's first list, before somebody counts the entries
        yield running


@pytest.fixture(scope="module")
def auditor(served: Staffed) -> dict[str, str]:
    return served.token("auditor", Permission.READ_JOURNAL)


def grow(staffed: Staffed, wanted: int) -> None:
    """Let the journal have so many entries."""
    register = staffed.office.register
    with register.database.write() as connection:
        size = journal.head(connection).size
        events = [
            Event("number-voided", f"R5026{place:04d}", {"reason": f"试验 {place}"}) for place in range(size, wanted)
        ]
        journal.append_many(connection, register.effects.now(), "test", events)


def asked(staffed: Staffed, headers: dict[str, str], path: str, **query: Any) -> Any:  # noqa: ANN401 - JSON
    answer: httpx.Response = staffed.client.get(path, params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def all_leaves(staffed: Staffed, headers: dict[str, str]) -> list[bytes]:
    """Read every entry over HTTP, page by page, and hash each into its leaf."""
    leaves: list[bytes] = []
    while True:
        page = asked(staffed, headers, ENTRIES, first=len(leaves), count=MOST)
        assert [one["seq"] for one in page["entries"]] == [*range(len(leaves), min(len(leaves) + MOST, page["size"]))]
        if not page["entries"]:
            return leaves
        leaves += [sha(b"\0", one["text"].encode()) for one in page["entries"]]


def test_the_entries_are_the_journal_and_hash_to_its_signed_head(served: Staffed, auditor: dict[str, str]) -> None:
    register = served.office.register
    head = asked(served, auditor, HEAD)
    texts = [one["text"].encode() for one in asked(served, auditor, ENTRIES, count=MOST)["entries"]]
    assert texts == list(export_journal(register))
    assert len(texts) == head["size"]
    assert tree([sha(b"\0", text) for text in texts]).hex() == head["root"]
    keys = [
        key.public
        for key in register.trusted_keys().document.keys
        if sha(key.public)[:4].hex() == head["kid"] and key.purpose.value == "head"
    ]
    signed = json.dumps(head | {"signature": ""}, separators=(",", ":"), ensure_ascii=False).encode()
    Ed25519PublicKey.from_public_bytes(keys[0]).verify(bytes.fromhex(head["signature"]), b"zhengka/head/1\0" + signed)


def test_the_head_is_what_the_command_exports(served: Staffed, auditor: dict[str, str]) -> None:
    answer = served.client.get(HEAD, headers=auditor)
    assert read_head(answer.content) == signed_head(served.office.register)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, None])
def test_every_entry_is_proved_to_every_head(served: Staffed, auditor: dict[str, str], size: int | None) -> None:
    leaves = all_leaves(served, auditor)
    wanted = {} if size is None else {"size": size}
    for seq in range(size or len(leaves)):
        proof = asked(served, auditor, PROOF, seq=seq, **wanted)
        assert (proof["seq"], proof["size"]) == (seq, size or len(leaves))
        assert bytes.fromhex(proof["leaf"]) == leaves[seq]
        path = [bytes.fromhex(node) for node in proof["path"]]
        root = root_by_inclusion(leaves[seq], seq, proof["size"], path)
        assert root == bytes.fromhex(proof["root"]) == tree(leaves[: proof["size"]])


def test_a_long_journal_is_proved_from_blocks_and_what_is_left(served: Staffed, auditor: dict[str, str]) -> None:
    early = asked(served, auditor, HEAD)
    grow(served, LONG)
    leaves = all_leaves(served, auditor)
    assert len(leaves) == LONG
    for seq in (0, 1, BLOCK - 1, BLOCK, 2 * BLOCK - 1, 2 * BLOCK, LONG - 1):
        for size in (BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, LONG):
            if seq < size:
                proof = asked(served, auditor, PROOF, seq=seq, size=size)
                path = [bytes.fromhex(node) for node in proof["path"]]
                found = root_by_inclusion(leaves[seq], seq, size, path)
                assert found == bytes.fromhex(proof["root"]) == tree(leaves[:size]), (seq, size)
    late = asked(served, auditor, HEAD)
    proof = asked(served, auditor, CONSISTENCY, first=early["size"])
    assert (proof["second"], proof["first_root"], proof["second_root"]) == (LONG, early["root"], late["root"])
    for first in (1, 2, early["size"], BLOCK, BLOCK + 5, 2 * BLOCK, LONG - 1):
        for second in (BLOCK + 7, 2 * BLOCK, LONG):
            if first < second:
                proof = asked(served, auditor, CONSISTENCY, first=first, second=second)
                roots = tree(leaves[:first]), tree(leaves[:second])
                path = [bytes.fromhex(node) for node in proof["path"]]
                assert roots_by_consistency(first, second, roots[0], path) == roots, (first, second)
                assert (proof["first_root"], proof["second_root"]) == tuple(root.hex() for root in roots)
    same = asked(served, auditor, CONSISTENCY, first=LONG, second=LONG)
    assert same["path"] == []
    assert same["first_root"] == same["second_root"] == late["root"]


def test_the_journal_and_its_proofs_on_both_databases(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with staffed_service(tmp_path_factory.mktemp("both") / "data", database_url) as staffed:
        headers = staffed.token("auditor", Permission.READ_JOURNAL)
        grow(staffed, BLOCK + 2)
        leaves = all_leaves(staffed, headers)
        proof = asked(staffed, headers, PROOF, seq=3)
        path = [bytes.fromhex(node) for node in proof["path"]]
        assert root_by_inclusion(leaves[3], 3, len(leaves), path) == tree(leaves) == bytes.fromhex(proof["root"])


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        (PROOF, {"seq": 10**6}, 422, "proof-out-of-range"),
        (PROOF, {"seq": 3, "size": 3}, 422, "proof-out-of-range"),
        (PROOF, {"seq": 3, "size": 10**6}, 422, "proof-out-of-range"),
        (PROOF, {"seq": -1}, 400, "request-malformed"),
        (PROOF, {"seq": 2**31}, 400, "request-malformed"),
        (PROOF, {}, 400, "request-malformed"),
        (CONSISTENCY, {"first": 4, "second": 3}, 422, "proof-out-of-range"),
        (CONSISTENCY, {"first": 10**6}, 422, "proof-out-of-range"),
        (CONSISTENCY, {"first": 1, "second": 10**6}, 422, "proof-out-of-range"),
        (CONSISTENCY, {"first": 0}, 400, "request-malformed"),
        (ENTRIES, {"first": -1}, 400, "request-malformed"),
        (ENTRIES, {"count": MOST + 1}, 400, "request-malformed"),
        (ENTRIES, {"count": "x"}, 400, "request-malformed"),
    ],
)
def test_what_cannot_be_given_is_a_problem_with_a_code(
    served: Staffed, auditor: dict[str, str], path: str, query: dict[str, Any], status: int, code: str
) -> None:
    answer = served.client.get(path, params=query, headers=auditor)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["zh"]


def test_past_the_end_there_are_no_entries(served: Staffed, auditor: dict[str, str]) -> None:
    page = asked(served, auditor, ENTRIES, first=10**6)
    assert page["entries"] == []
    assert page["size"] < 10**6


@pytest.mark.parametrize("path", [HEAD, ENTRIES, f"{PROOF}?seq=0", f"{CONSISTENCY}?first=1"])
def test_the_journal_is_for_auditors_alone(served: Staffed, path: str) -> None:
    served.client.cookies.clear()
    assert served.client.get(path).status_code == 401
    for who in ACCOUNTS:
        served.office.clock.advance(hours=1)
        browser = served.browser()
        signed = browser.post("/api/v1/session", json={"name": who, "password": PASSWORD})
        assert signed.status_code == 200
        assert browser.get(path).status_code == (200 if who == "auditor" else 403), who


def test_a_token_for_something_else_does_not_open_it(served: Staffed) -> None:
    served.client.cookies.clear()
    assert served.client.get(HEAD, headers=served.token("auditor", Permission.READ_SCANS)).status_code == 403
