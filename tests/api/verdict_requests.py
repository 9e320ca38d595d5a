"""Requests for a verdict of every sort, whole, and the office whose cards they ask about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.keyring import Purpose
from keys.signer import Signer
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, bytes_of, decode_claims, encode_claims, text_of
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.keys.key_ceremony import compromise_key
from service.flows.people.engagements import EngagementRequest, engage
from service.flows.people.filing_requests import InstitutionEdit
from service.flows.people.institutions import edit_institution
from service.store import restored
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant, one_of_each, resident_id

JSON: Final = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to ``POST /api/v1/verifications``."""

    content: bytes
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))


def texts_of(office: Office) -> dict[str, str]:
    """Issue cards and let all sorts of things happen to them; return the texts of their codes, by what happened."""
    register, by = office.register, By(ACTOR)
    first = [CardNumber(one.number or "") for one in office.issue(*one_of_each(1)).issued]
    second = [CardNumber(one.number or "") for one in office.issue(*one_of_each(11)).issued]
    late = office.issue_one(applicant("external", 21), issued_on=date(2026, 11, 10))
    two_jobs = office.issue_one(applicant("senior", 22, occupations="电工、焊工"))
    texts = {f"kind {place}": office.text(number) for place, number in enumerate(first)}
    texts |= {
        name: office.text(number)
        for name, number in zip(("replaced", "revoked", "voided", "open", "engaged"), second, strict=True)
    }
    texts |= {"not yet valid": office.text(late), "two job types": office.text(two_jobs)}
    replace_card(register, second[0], ReplacementRequest(reason=ReplacementReason.LOST), by)
    texts["copy in its place"] = office.text(second[0])
    revoke_card(register, second[1], RevocationRequest(ground="考§21(4)", reason="错", decided_by="王主任"), by)
    void_number(register, second[2], VoidRequest(reason="印错"), by)
    term = EngagementRequest(institution=SCHOOL.code, first_day=office.today, resident_id=resident_id(1))
    engage(register, first[0], term, by)
    register.database.needs_entries = False  # a restore states it in one entry for all
    with register.database.write() as connection:
        restored.doubt(connection, [str(second[3])], office.clock.now)
    register.database.needs_entries = True
    return texts | dict(_forged(office, texts["kind 0"]))


def later(office: Office) -> None:
    """Let the school be renamed, and the key that has signed be found stolen."""
    edit = InstitutionEdit(name="重庆市新名职业技能培训学校", reason="更名")
    edit_institution(office.register, SCHOOL.code, edit, ACTOR)
    kid = office.register.signer(Purpose.CARD).kid.hex()
    compromise_key(office.register, kid, office.root(), ACTOR)


def requests_of(texts: dict[str, str]) -> Iterator[Asked]:
    """Return every text with every duty, and requests that are none."""
    duties: tuple[dict[str, object], ...] = (
        {},
        {"place": None, "occupation": None, "level": None},
        {"place": SCHOOL.code},
        {"place": FACTORY.code, "occupation": "电工", "level": "3"},
        {"occupation": "6-31-01-03", "level": "te"},
        {"level": "1"},
    )
    for text in (*texts.values(), "", "x", "https://example.com/1#12", "\u200b", "1" * 2_600):
        for duty in duties:
            yield Asked(json.dumps({"credential": text, **duty}).encode())
    good = json.dumps({"credential": texts["kind 0"]}).encode()
    for content in (
        *(b"{}", b"", b"[]", b"null", b'"x"', b"{", good + b"{}", good + b" \n", b"\xff", b"[" * 10_000),
        *(b'{"credential": 5}', b'{"credential": null}', b'{"credential": "x", "name": 1}', b'{"credential": NaN}'),
        *(b'{"credential": "x", "place": "1"}', b'{"credential": "x", "level": 3}', b'{"credential": "\\ud800"}'),
        b'{"credential": "x", "occupation": "a\\u202eb"}',
        b'{"credential": "x", "occupation": "a\\u0000b"}',
        b'{"credential": "x", "x\\u0000": "b"}',
        b'{"credential": "x", "credential": "y"}',
        b'{"credential": "%s"}' % (b"1" * 20_000),
        good.replace(b'"credential"', b'"\\u0063redential"'),
    ):
        yield Asked(content)
    for headers in (
        {},
        {"content-type": "text/plain"},
        {"content-type": "Application/JSON; charset=utf-8"},
        {"content-type": "application/json;charset=latin-1"},
        *(JSON | more for more in _MORE),
    ):
        yield Asked(good, headers)


_MORE: Final[tuple[dict[str, str], ...]] = (
    {"x-request-id": "4F" * 16},
    {"x-request-id": "mine"},
    {"cookie": "zhengka-language=en"},
    {"authorization": "Bearer nobody's"},
    {"origin": "https://elsewhere.example"},
    {"accept": "text/html"},
    {"accept-encoding": "gzip"},
    {"content-encoding": "gzip"},
    {"idempotency-key": "a key"},
    {"x-forwarded-for": "203.0.113.7"},
)


def _forged(office: Office, text: str) -> Iterator[tuple[str, str]]:
    host = office.register.host
    envelope = unpack(bytes_of(text.partition("#")[2]))
    claims = decode_claims(envelope.payload)
    ours, stranger = office.register.signer(Purpose.CARD), Signer.from_private(bytes(range(32)))
    yield "foreign host", text.replace(host, "zk.example.com")
    yield "another signature", text_of(host, pack(replace(envelope, signature=envelope.signature[::-1])))
    yield "cut short", text[:-3]
    yield "longer", text + "000"
    for name, signer, stated in (
        ("stranger", stranger, claims),
        ("no such copy", ours, replace(claims, copy_id=bytes(8))),
        ("another name", ours, replace(claims, name="王小二")),
        ("another place in the list", ours, replace(claims, status_index=claims.status_index + 1)),
    ):
        payload = encode_claims(stated)
        signature = signer.sign(to_be_signed(signer.kid, payload, CARD_AAD))
        yield name, text_of(host, pack(Envelope(signer.kid, payload, signature)))
    signature = ours.sign(to_be_signed(ours.kid, b"\xa0", CARD_AAD))
    yield "no claims", text_of(host, pack(Envelope(ours.kid, b"\xa0", signature)))
