"""The checks that the guided run shows: good cards, bad ones, and forgeries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.keyring import Purpose
from keys.signer import Signer
from service.demo.people import FACTORY, SamplePerson, long_ago, years_before
from service.demo.sample import write_photos
from service.domain.access import By
from service.domain.application import RawRow
from service.domain.application.headings import EARLIER_HEADINGS, HEADINGS, canonical_heading, fields_by_heading
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, Claims, decode_claims, encode_claims, parse_text, text_of
from service.domain.fitness import Duty
from service.domain.kinds import CardKind, SkillLevel
from service.domain.verdict import NO_DUTY, Verdict
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.print_cards import card_text
from service.flows.checking.verify import verify_text
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.errors import Refused
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.publishing.publish import bundle
from service.flows.register import Register
from service.roster.photo_files import open_photos

ACTOR: Final = "demo"


REVIEWER: Final = "周审核"


_FIELDS: Final = fields_by_heading((*EARLIER_HEADINGS, *HEADINGS))


ONE_LEVEL_UP: Final = Duty(FACTORY, "电工", SkillLevel.ONE)


ELSEWHERE: Final = Duty("500901")


_LEAKED_SEED: Final = bytes(range(32))  # a key that is nobody's: what a forger would make for himself


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the closing table: what was done to a card, and the answer of a check."""

    story: str
    verdict: Verdict


def claims_of(text: str) -> Claims:
    """Return the claims of a code."""
    return decode_claims(unpack(parse_text(text).envelope).payload)


def cases_of(register: Register, texts: dict[CardNumber, str], out: Path, today: date) -> Iterator[Case]:
    """Do to some cards what happens to cards, and check them."""

    def check(text: str, duty: Duty = NO_DUTY) -> Verdict:
        return verify_text(register, text, duty)

    assessors = sorted(number for number in texts if number.kind is CardKind.STANDARD)
    internal = min(number for number in texts if number.kind is CardKind.INTERNAL)
    electrician, bribed, lost, mistaken = assessors[:4]
    at_home = Duty(FACTORY, "电工", SkillLevel.THREE)
    yield Case(f"{electrician} 考评电工三级，在聘用机构 at work", check(texts[electrician], at_home))
    yield Case(f"{electrician} 考评电工一级 level beyond the grade", check(texts[electrician], ONE_LEVEL_UP))
    yield Case(f"{internal} 内督，在颁发机构 internal card at home", check(texts[internal], Duty(internal.institution)))
    yield Case(f"{internal} 内督，在别的机构 internal card elsewhere", check(texts[internal], ELSEWHERE))
    revoke_card(
        register,
        bribed,
        RevocationRequest(ground="考§21(7)", reason="收受考生礼金，经核实", decided_by="李主任"),
        By(ACTOR),
    )
    yield Case(f"{bribed} 取消资格 revoked", check(texts[bribed]))
    replace_card(register, lost, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    yield Case(f"{lost} 遗失补发后的旧卡 old copy of a replaced card", check(texts[lost]))
    void_number(register, mistaken, VoidRequest(reason="误发：认证批次有误"), By(ACTOR))
    yield Case(f"{mistaken} 误发作废 voided", check(texts[mistaken]))
    for story, issued_on, name, sequence in (
        ("三年前核发 issued over three years ago", years_before(today, 3) - timedelta(days=9), "路遥", 600),
        ("下月起有效 dated next month", today + timedelta(days=30), "程前", 601),
    ):
        number, text = _single(register, long_ago(today, issued_on, name=name, sequence=sequence), issued_on, out)
        yield Case(f"{number} {story}", check(text))
    former_on = years_before(today, 3) + timedelta(days=90)
    former, former_text = _single(register, long_ago(today, former_on, name="谷雨", sequence=602), former_on, out)
    _single(register, long_ago(today, today, name="谷雨", sequence=602), today, out)
    yield Case(f"{former} 已换发 renewed", check(former_text))
    yield from _attacks(register, texts[electrician])
    yield from _offline(register, texts[electrician], texts[bribed])


def _attacks(register: Register, text: str) -> Iterator[Case]:
    """Try what a forger would."""
    parsed = parse_text(text)
    envelope = unpack(parsed.envelope)
    altered = replace(envelope, payload=envelope.payload[:-1] + bytes([envelope.payload[-1] ^ 1]))
    yield Case("改动一位 one bit flipped", verify_text(register, text_of(parsed.host, pack(altered))))
    yield Case("仿冒网址 another address", verify_text(register, text_of("zk.examp1e.cn", parsed.envelope)))
    forger = Signer.from_private(_LEAKED_SEED)
    own = Envelope(forger.kid, envelope.payload, forger.sign(to_be_signed(forger.kid, envelope.payload, CARD_AAD)))
    yield Case("自制密钥签发 a forger's own key", verify_text(register, text_of(parsed.host, pack(own))))
    ours = register.signer(Purpose.CARD)
    claims = replace(decode_claims(envelope.payload), copy_id=bytes(8))
    payload = encode_claims(claims)
    leaked = Envelope(ours.kid, payload, ours.sign(to_be_signed(ours.kid, payload, CARD_AAD)))
    yield Case("密钥外泄签发的卡 made with a leaked key", verify_text(register, text_of(parsed.host, pack(leaked))))
    yield Case("别的二维码 another kind of code", verify_text(register, "https://example.cn/menu"))


def _offline(register: Register, valid: str, revoked: str) -> Iterator[Case]:
    """Check with the bundle alone: today, after two days, and when its lists have run out."""
    now = register.effects.now()
    checker = open_bundle(bundle(register).body, Memory(), now)
    yield Case("离线，名单当日 offline, fresh list", checker.verify(valid, now))
    yield Case("离线，名单两天前 offline, list of two days ago", checker.verify(valid, now + timedelta(days=2)))
    yield Case("离线，名单过期 offline, list expired", checker.verify(valid, now + timedelta(days=8)))
    yield Case("离线，已取消 offline, revoked", checker.verify(revoked, now + timedelta(days=8)))


def _single(register: Register, person: SamplePerson, issued_on: date, out: Path) -> tuple[CardNumber, str]:
    """Issue one card dated as wanted; return its number and the text of its code."""
    write_photos(out / "photos", (person,), register.effects.today())
    with open_photos(out / "photos") as photos:
        outcome = issue_batch(
            register,
            Request(rows=rows_of((person,)), photos=photos, actor=ACTOR, issued_on=issued_on, reviewed_by=REVIEWER),
        )
    if not outcome.issued:
        reasons = "；".join(problem.zh for row in outcome.refused for problem in row.problems)
        raise Refused("demo-failed", f"示例证卡未能核发：{reasons}", f"a sample card was refused: {reasons}")
    number = CardNumber(str(outcome.issued[0].number))
    return number, card_text(register, number)


def rows_of(people: Iterable[SamplePerson]) -> tuple[RawRow, ...]:
    """Return people as rows of a roster."""
    return tuple(
        RawRow(
            row,
            {
                _FIELDS[canonical_heading(heading)]: value
                for heading, value in ({"姓名": person.name, "类别": person.kind.zh} | dict(person.cells)).items()
            },
        )
        for row, person in enumerate(people, 2)
    )
