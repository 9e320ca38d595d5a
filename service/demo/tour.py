"""The main job from end to end on sample data, each step printed as it is done.

Keys and register, cards from before the system, a roster with faults in it, issue, print, read back from the printed
page, then the life of a card: revoked, replaced, expired, forged.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from cardlayout.impose import Sheet
from cardlayout.render import Job
from service import settings, terminal
from service.demo.assessment import hold_assessment
from service.demo.cases import ACTOR, REVIEWER, Case, cases_of, claims_of, rows_of
from service.demo.people import FACTORY, INSTITUTIONS, NEW_JOB_TYPES, earlier_cards, people
from service.demo.sample import write_photos, write_roster
from service.domain.access import Account, Role
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE, Institution
from service.domain.verdict_checks import Tone
from service.effects import Effects
from service.flows.cards.print_cards import Printing, numbers_of_batch, print_cards
from service.flows.checking.read_codes import read_codes
from service.flows.checking.verify import verify_text
from service.flows.errors import Refused
from service.flows.issue.import_cards import import_cards
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.outcome import Outcome
from service.flows.issue.portraits import set_portrait_in_code
from service.flows.issue.row_report import row_report
from service.flows.people.accounts import NewUser, add_user
from service.flows.people.authorities import AuthorityRequest, add_authority
from service.flows.people.institutions import add_institution
from service.flows.people.second_factor import require_second_factor
from service.flows.publishing.contact import set_contact
from service.flows.register import Register, open_register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.roster.photo_files import open_photos
from service.roster.reader import read_roster

_COLOUR: Final = {Tone.GREEN: "bold green", Tone.AMBER: "bold yellow", Tone.RED: "bold red"}
CONTACT: Final = ("023-12345678（示例，工作日 9:00—17:00）", "+86 23 1234 5678 (a sample, workdays 9:00-17:00)")


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
    """Run the whole job in an empty folder; return the cases of the closing table.

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
        for named in sorted({authority for *_, authority in INSTITUTIONS}):
            add_authority(register, AuthorityRequest(named), ACTOR)
        for code, letter, name, authority in INSTITUTIONS:
            add_institution(register, Institution(code, letter, name, authority), ACTOR)
        told.line(f"{len(INSTITUTIONS)} 家鉴定评价机构 institutions")
        told.line(f"公众联系方式 contact: {set_contact(register, *CONTACT, ACTOR).zh}")
        for issuer in (CENTRE, FACTORY):
            set_portrait_in_code(register, issuer, ACTOR, on=True)
        told.line(f"照片入码 portrait in the code: {CENTRE}、{FACTORY} 启用 on")
        _hire(register, told, made.admin)
        imported = import_cards(register, rows_of(earlier_cards(today)), ACTOR)
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
        pictured = sum(claims_of(text).portrait is not None for text in texts)
        told.line(
            f"页面上 {len(texts)} 个二维码，{valid} 个有效，{pictured} 个含照片 codes on the pages, {valid} valid, "
            f"{pictured} with a portrait"
        )
        if not len(texts) == valid == len(numbers):
            raise Refused("demo-failed", "页面上的二维码未全部读回为有效", "not every printed code read back as valid")

        told.step("查验", "check")
        by_number = {verdict.card.number: text for verdict, text in zip(verdicts, texts, strict=True) if verdict.card}
        cases = tuple(cases_of(register, by_number, out, today))
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
            register,
            Request(
                rows=roster.open_rows,
                photos=photos,
                actor=ACTOR,
                reviewed_by=REVIEWER,
                key="demo",
                new_job_types=NEW_JOB_TYPES,
            ),
        )
    report = row_report(roster, outcome, register.effects.now(), dry_run=False)
    (out / "report.xlsx").write_bytes(report)
    return outcome


def _print(register: Register, numbers: tuple[CardNumber, ...], path: Path, sheet: Sheet) -> None:
    with path.open("wb") as file:
        print_cards(register, Printing(numbers, Job(f"证卡 {numbers[0]} – {numbers[-1]}", sheet)), file, actor=ACTOR)
