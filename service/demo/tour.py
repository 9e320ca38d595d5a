"""The main job from end to end on sample data, each step printed as it is done.

Keys and register, cards from before the system, a roster with faults in it, issue, print, read back from the printed
page, then the life of a card: revoked, replaced, expired, forged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from cardlayout.impose import Sheet
from cardlayout.render import Job
from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.keyring import Purpose
from keys.signer import Signer
from service import settings, terminal
from service.demo.assessment import hold_assessment
from service.demo.people import FACTORY, INSTITUTIONS, SamplePerson, earlier_cards, long_ago, people, years_before
from service.demo.sample import write_photos, write_roster
from service.domain.access import Account, By, Role
from service.domain.application import RawRow
from service.domain.application.headings import EARLIER_HEADINGS, HEADINGS, canonical_heading, fields_by_heading
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, Claims, decode_claims, encode_claims, parse_text, text_of
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import CardKind, SkillLevel
from service.domain.verdict import NO_DUTY, Verdict
from service.domain.verdict_checks import Tone
from service.effects import Effects
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.print_cards import card_text, numbers_of_batch, print_cards
from service.flows.checking.read_codes import read_codes
from service.flows.checking.verify import verify_text
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.errors import Refused
from service.flows.issue.import_cards import import_cards
from service.flows.issue.issue_batch import Outcome, Request, issue_batch
from service.flows.issue.portraits import set_portrait_in_code
from service.flows.issue.row_report import row_report
from service.flows.people.accounts import NewUser, add_user
from service.flows.people.institutions import add_institution
from service.flows.people.second_factor import require_second_factor
from service.flows.publishing.contact import set_contact
from service.flows.publishing.publish import bundle
from service.flows.register import Register, open_register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.roster.photo_files import open_photos
from service.roster.reader import read_roster

ACTOR: Final = "demo"
REVIEWER: Final = "周审核"
_COLOUR: Final = {Tone.GREEN: "bold green", Tone.AMBER: "bold yellow", Tone.RED: "bold red"}
_FIELDS: Final = fields_by_heading((*EARLIER_HEADINGS, *HEADINGS))
ONE_LEVEL_UP: Final = Duty(FACTORY, "电工", SkillLevel.ONE)
ELSEWHERE: Final = Duty("500901")
CONTACT: Final = ("023-12345678（示例，工作日 9:00—17:00）", "+86 23 1234 5678 (a sample, workdays 9:00-17:00)")
_LEAKED_SEED: Final = bytes(range(32))  # a key that is nobody's: what a forger would make for himself


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the closing table: what was done to a card, and the answer of a check."""

    story: str
    verdict: Verdict


class _Steps:
    """Prints the steps as they are done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._number = 0

    def step(self, zh: str, en: str) -> None:
        self._number += 1
        self._console.print(Text.assemble("\n", (f"{self._number}. {zh}", "bold"), " ", (en, "dim")))

    def line(self, text: str) -> None:
        self._console.print(f"   {text}", markup=False)

    def outcome(self, outcome: Outcome) -> None:
        self.line(
            f"批次 {outcome.batch}：核发 {len(outcome.issued)} 张，不予核发 {len(outcome.refused)} 行 issued, refused"
        )
        reasons = ((str(row.row), row.name, p.zh, p.article) for row in outcome.refused for p in row.problems)
        terminal.print_table(self._console, ("行 row", "姓名 name", "原因 reason", "条款 article"), reasons, wide=(2,))

    def cases(self, cases: Iterable[Case]) -> None:
        rows: list[tuple[str, Text, str]] = []
        for case in cases:
            fit = case.verdict.fit_for_duty
            word = case.verdict.verdict.value + (f" · {fit.answer.value}" if fit is not None else "")
            said = case.verdict.summary.zh if fit is None else fit.reasons[0].zh
            rows.append((case.story, Text(word, _COLOUR[case.verdict.tone]), said))
        headings = ("情形 case", "结论 verdict", "说明 what the checker reads")
        terminal.print_table(self._console, headings, rows, wide=(0, 2))


_NO_SECOND_FACTOR: Final = (
    "演示不要求两步验证，正式使用默认要求中心和管理员 no second factor in the demo; registers ask for one by default"
)


def _hire(register: Register, told: _Steps, admin: NewUser) -> None:
    """Make an account for each kind of desk, and show the passwords."""
    accounts = (
        Account("gate", Role.SITE_STAFF, FACTORY, person_name="门卫东"),
        Account("factory", Role.INSTITUTION, FACTORY, person_name="何建国"),
        Account("centre", Role.CENTRE, person_name="李明"),
    )
    require_second_factor(register, (), ACTOR)
    told.line(_NO_SECOND_FACTOR)
    for user in (admin, *(add_user(register, account, None, ACTOR) for account in accounts)):
        told.line(f"账户 account {user.account.shown}：{user.password}")


def run(console: Console, out: Path, effects: Effects) -> tuple[Case, ...]:
    """Run the whole job in an empty folder; give the cases of the closing table.

    Raises Refused for a folder that is not empty.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused("folder-not-empty", f"{out} 不是空目录", f"{out} is not empty: name an empty folder")
    (out / "data").mkdir(parents=True, exist_ok=True)
    today = effects.today()
    told = _Steps(console)

    told.step("登记库与密钥", "register and keys")
    data = out / "data"
    made = set_up(settings.load({}, data), effects, jurisdiction_text=shipped_jurisdiction("chongqing"))
    told.line(f"{made.jurisdiction}，{made.host}；根密钥指纹 root {made.root_fingerprint[:16]}…")

    with open_register(settings.load({}, data), effects) as register:
        for code, letter, name, authority in INSTITUTIONS:
            add_institution(register, Institution(code, letter, name, authority), ACTOR)
        told.line(f"{len(INSTITUTIONS)} 家鉴定评价机构 institutions")
        told.line(f"公众联系方式 contact: {set_contact(register, *CONTACT, ACTOR).zh}")
        for issuer in (CENTRE, FACTORY):
            set_portrait_in_code(register, issuer, ACTOR, on=True)
        told.line(f"照片入码 portrait in the code: {CENTRE}、{FACTORY} 启用 on")
        _hire(register, told, made.admin)
        imported = import_cards(register, _rows(earlier_cards(today)), ACTOR)
        told.line(f"{len(imported.imported)} 张本系统启用前的证卡 cards from before the system")

        told.step("申报表与照片", "roster and photographs")
        sample = people(today)
        write_roster(out / "roster.xlsx", sample, today)
        write_photos(out / "photos", sample, today)
        told.line(f"{out / 'roster.xlsx'}：{len(sample)} 行 rows；{out / 'photos'}")

        told.step("核发", "issue")
        outcome = _issue(register, out)
        told.outcome(outcome)
        told.line(f"逐行结果 row report: {out / 'report.xlsx'}")
        assert outcome.batch is not None
        numbers = numbers_of_batch(register, outcome.batch)

        told.step("打印并从页面读回", "print, and read back from the page")
        _print(register, numbers, out / "cards.pdf", Sheet.SINGLE)
        _print(register, numbers, out / "sheets.pdf", Sheet.FOUR)
        texts = list(read_codes((out / "sheets.pdf").read_bytes()))
        verdicts = [verify_text(register, text) for text in texts]
        valid = sum(verdict.verdict == "valid" for verdict in verdicts)
        told.line(f"{out / 'cards.pdf'}，{out / 'sheets.pdf'}")
        pictured = sum(_claims(text).portrait is not None for text in texts)
        told.line(
            f"页面上 {len(texts)} 个二维码，{valid} 个有效，{pictured} 个含照片 codes on the pages, {valid} valid, "
            f"{pictured} with a portrait"
        )
        if not len(texts) == valid == len(numbers):
            raise Refused("demo-failed", "页面上的二维码未全部读回为有效", "not every printed code read back as valid")

        told.step("查验", "check")
        by_number = {verdict.card.number: text for verdict, text in zip(verdicts, texts, strict=True) if verdict.card}
        cases = tuple(_cases(register, by_number, out, today))
        told.cases(cases)

        told.step("考核场次", "an assessment")
        for line in hold_assessment(register, out, ACTOR):
            told.line(line)
    told.line(f"启动服务 start the service: zhengka --data {data} serve")
    return cases


def _issue(register: Register, out: Path) -> Outcome:
    """Do what the command ``issue`` does with the sample roster."""
    roster = read_roster((out / "roster.xlsx").read_bytes())
    with open_photos(out / "photos") as photos:
        outcome = issue_batch(
            register, Request(rows=roster.open_rows, photos=photos, actor=ACTOR, reviewed_by=REVIEWER, key="demo")
        )
    report = row_report(roster, outcome, register.effects.now(), dry_run=False)
    (out / "report.xlsx").write_bytes(report)
    return outcome


def _claims(text: str) -> Claims:
    return decode_claims(unpack(parse_text(text).envelope).payload)


def _print(register: Register, numbers: tuple[CardNumber, ...], path: Path, sheet: Sheet) -> None:
    with path.open("wb") as file:
        print_cards(register, numbers, Job(f"证卡 {numbers[0]} – {numbers[-1]}", sheet), file, actor=ACTOR)


def _cases(register: Register, texts: dict[CardNumber, str], out: Path, today: date) -> Iterator[Case]:
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
    """Issue one card dated as wanted; give its number and the text of its code."""
    write_photos(out / "photos", (person,), register.effects.today())
    with open_photos(out / "photos") as photos:
        outcome = issue_batch(
            register,
            Request(rows=_rows((person,)), photos=photos, actor=ACTOR, issued_on=issued_on, reviewed_by=REVIEWER),
        )
    if not outcome.issued:
        reasons = "；".join(problem.zh for row in outcome.refused for problem in row.problems)
        raise Refused("demo-failed", f"示例证卡未能核发：{reasons}", f"a sample card was refused: {reasons}")
    number = CardNumber(str(outcome.issued[0].number))
    return number, card_text(register, number)


def _rows(people: Iterable[SamplePerson]) -> tuple[RawRow, ...]:
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
