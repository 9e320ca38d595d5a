"""``verify``, ``lookup``, ``explain`` and ``bundle``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from service import effects
from service.cli.context import Context, command, pass_context
from service.domain.card_number import CardNumber
from service.domain.explain import explain
from service.domain.fitness import Duty
from service.domain.kinds import SkillLevel
from service.domain.validity import SHANGHAI
from service.domain.verdict import Tone, Verdict
from service.domain.verdict_words import Word
from service.flows.errors import Refused
from service.flows.lookup import lookup
from service.flows.publish import bundle
from service.flows.read_codes import read_codes
from service.flows.shipped import shipped_jurisdictions
from service.flows.verify import verify_text
from service.flows.verify_offline import keep_memory, open_bundle, read_memory

_OUT: Final = click.Path(path_type=Path, dir_okay=False, writable=True)
_COLOUR: Final = {Tone.GREEN: "green", Tone.AMBER: "yellow", Tone.RED: "red"}
_TEXT_PREFIX: Final = ("https://", "http://")

Checker = Callable[[str], Verdict]


class Instant(click.ParamType[datetime]):
    """An instant: ISO 8601, or a date, which is its noon; without an offset, Shanghai time."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the instant."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            instant = datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T12:00")
        except ValueError:
            self.fail(f"{text!r}: expected 2026-11-23 or 2026-11-23T09:30 应为日期或时间", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


@command("verify")
@click.argument("what")
@click.option("--at", type=Instant(), help="按此时刻判断 judge as of this instant, not now.")
@click.option("--place", help="所在机构代码 institution where the holder is to act.")
@click.option("--occupation", help="考评的职业（工种） name or code.")
@click.option("--level", type=click.Choice([level.value for level in SkillLevel]), help="考评的等级 level.")
@click.option(
    "--offline", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="离线查验包 bundle, no register."
)
@click.option("--root", help="根密钥指纹 fingerprint of the root key, printed by init.")
@pass_context
def verify(
    context: Context,
    what: str,
    at: datetime | None,
    place: str | None,
    occupation: str | None,
    level: str | None,
    offline: Path | None,
    root: str | None,
) -> None:
    """查验证卡 Check a card: QR text, a photo, a scan, a PDF, or ``-`` for one text a line."""
    duty = Duty(place, occupation, None if level is None else SkillLevel(level))
    clock = at or effects.real().now()
    verdicts: list[Verdict] = []
    with _offline(context, offline, root, clock, duty) if offline else _online(context, at, duty) as check:
        for text in _texts(what):
            verdict = check(text)
            verdicts.append(verdict)
            _tell(context, verdict)
    if not verdicts:
        raise Refused(
            "no-code-found",
            f"{what} 中没有找到二维码；请提供更清晰、完整的图像",
            f"no QR code was found in {what}: give a sharper picture that shows all of it",
        )
    if any(verdict.verdict is not Word.VALID for verdict in verdicts):
        raise click.exceptions.Exit(1)


@command("lookup")
@click.argument("number")
@click.option("--name", required=True, help="持证人姓名 holder's name.")
@pass_context
def lookup_(context: Context, number: str, name: str) -> None:
    """按编号和姓名查询 Look a card up as the public may."""
    with context.register() as register:
        answer = lookup(register, number, name)
    if answer is None:
        raise Refused(
            "not-found",
            "没有查到：编号与姓名不符，或没有这张证卡",
            "not found: no such card, or the name is not its holder's",
        )
    if context.as_json:
        context.answer(answer.as_json())
    else:
        _tell(context, answer.verdict)


@command("explain")
@click.argument("number")
@pass_context
def explain_(context: Context, number: str) -> None:
    """解释编号每一位的含义 Say what each digit of a number means; needs no register."""
    known = shipped_jurisdictions()
    explanation = explain(CardNumber(number.strip().upper()), known)
    if context.as_json:
        context.answer(explanation.as_json())
    context.say(f"{explanation.zh}\n{explanation.en}")


@command("bundle")
@click.option("--out", type=_OUT, required=True, help="离线查验包 the bundle.")
@pass_context
def bundle_(context: Context, out: Path) -> None:
    """写出离线查验包 Write key document, status lists and names for checking with no network."""
    with context.register() as register:
        published = bundle(register)
    out.write_bytes(published.body)
    if context.as_json:
        context.answer({"file": str(out), "bytes": len(published.body)})
    context.say(f"已写出 written: {out}（{len(published.body):,} bytes）")


COMMANDS: Final = (verify, lookup_, explain_, bundle_)


@contextmanager
def _online(context: Context, at: datetime | None, duty: Duty) -> Iterator[Checker]:
    with context.register() as register:
        yield lambda text: verify_text(register, text, duty, at)


@contextmanager
def _offline(context: Context, file: Path, root: str | None, clock: datetime, duty: Duty) -> Iterator[Checker]:
    folder = context.settings().data
    checker = open_bundle(file.read_bytes(), read_memory(folder), clock, root)
    if checker.root_is_new:
        context.note(
            f"首次使用，已记下根密钥指纹，请与颁发机构核对 root fingerprint taken on trust: {checker.memory.root}"
        )
    for zh, en in checker.notes:
        context.note(f"{zh} {en}")
    keep_memory(folder, checker.memory)
    yield lambda text: checker.verify(text, clock, duty)


def _texts(what: str) -> Iterator[str]:
    if what == "-":
        yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
    elif what.startswith(_TEXT_PREFIX) or not Path(what).exists():
        yield what
    else:
        yield from read_codes(Path(what).read_bytes())


def _tell(context: Context, verdict: Verdict) -> None:
    if context.as_json:
        context.answer(verdict.as_json())
        return
    colour = _COLOUR[verdict.tone]
    context.console.print(f"[bold {colour}]{verdict.verdict.value.upper()}[/]  {verdict.summary.zh}")
    context.say(f"    {verdict.summary.en}")
    card = verdict.card
    if card is not None:
        jobs = "、".join(occupation.name for occupation in card.occupations)
        context.say(
            f"    {card.number}  {card.name}  {card.kind.zh}  {jobs or card.issuer_name or ''}"
            f"  {card.issued_on} — {card.expires_on}"
        )
    if verdict.fit_for_duty is not None:
        for reason in verdict.fit_for_duty.reasons:
            context.say(f"    [{verdict.fit_for_duty.answer.value}] {reason.article} {reason.zh}")
