"""``verify``, ``lookup`` and ``bundle``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import whole_file
from service.cli.params import IN_FILE, INSTANT, OUT_FILE
from service.cli.register import opened, settings_of
from service.domain.credential import is_credential_text
from service.domain.fitness import Duty
from service.domain.kinds import SkillLevel
from service.domain.verdict import Verdict
from service.domain.verdict_checks import Tone
from service.domain.verdict_words import Word
from service.flows.checking.lookup import lookup
from service.flows.checking.read_codes import read_codes
from service.flows.checking.verify import verify_text
from service.flows.checking.verify_offline import keep_memory, open_bundle, read_memory
from service.flows.errors import Refused
from service.flows.publishing.publish import bundle

COLOUR: Final = {Tone.GREEN: "bold green", Tone.AMBER: "bold yellow", Tone.RED: "bold red"}

_STANDARD_INPUT: Final = "-"
_ADDRESS: Final = re.compile("https?://", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r".*\.(?:pdf|png|jpe?g|webp|bmp|tiff?|gif)", re.IGNORECASE | re.DOTALL)
_FINGERPRINT: Final = re.compile("[0-9a-f]{64}", re.IGNORECASE)

Checker = Callable[[str], Verdict]


@command("verify")
@click.argument("what")
@click.option("--at", type=INSTANT, help="按此时刻判断 judge as of this instant, not now.")
@click.option("--place", help="所在机构代码 institution where the holder is to act.")
@click.option("--occupation", help="考评的职业（工种） name or code.")
@click.option("--level", type=click.Choice([level.value for level in SkillLevel]), help="考评的等级 level.")
@click.option("--offline", type=IN_FILE, help="离线查验包 bundle, no register.")
@click.option("--root", help="根密钥指纹 fingerprint of the root key, printed by init; with --offline.")
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
    """查验证卡 Check cards: QR text, a photo, a scan, a PDF.

    WHAT 为二维码文本、图像或 PDF 文件；“-”则从标准输入每行读一个文本。 WHAT is the text of a QR code, a picture or
    a PDF; with "-" texts come from standard input, one a line. 全部有效才以 0 结束 Ends with 0 only if all are valid.
    """
    if root is not None and (offline is None or not _FINGERPRINT.fullmatch(root.strip())):
        raise click.UsageError("--root 与 --offline 同用，为 64 位十六进制 goes with --offline and has 64 hex digits")
    duty = Duty(place, occupation, None if level is None else SkillLevel(level))
    clock = at or effects.real().now()
    words: list[Word] = []
    with _offline(context, offline, root, clock, duty) if offline else _online(context, at, duty) as check:
        for text in _texts(context, what):
            verdict = check(text)
            words.append(verdict.verdict)
            context.answer(verdict.as_json())
            _tell(context, verdict)
    if not words:
        raise _nothing_found(what)
    if any(word is not Word.VALID for word in words):
        raise click.exceptions.Exit(1)


@command("lookup")
@click.argument("number")
@click.option("--name", required=True, help="持证人姓名 holder's name.")
@pass_context
def lookup_(context: Context, number: str, name: str) -> None:
    """按编号和姓名查询 Look a card up as the public may."""
    with opened(context) as register:
        answer = lookup(register, number, name)
    if answer is None:
        raise Refused(
            "not-found",
            "没有查到：编号与姓名不符，或没有这张证卡",
            "not found: no such card, or the name is not its holder's",
        )
    context.answer(answer.as_json())
    _tell(context, answer.verdict)


@command("bundle")
@click.option("--out", type=OUT_FILE, required=True, help="离线查验包 the bundle.")
@pass_context
def bundle_(context: Context, out: Path) -> None:
    """写出离线查验包 Write what checking without a network needs.

    密钥文件、状态列表和名称 Key document, status lists and names; see verify --offline.
    """
    with opened(context) as register, whole_file(out) as file:
        size = file.write(bundle(register).body)
    context.answer({"file": str(out), "bytes": size})
    context.say(f"已写出 written: {out}（{size:,} bytes）")


COMMANDS: Final = (verify, lookup_, bundle_)


@contextmanager
def _online(context: Context, at: datetime | None, duty: Duty) -> Generator[Checker]:
    with opened(context) as register:
        yield lambda text: verify_text(register, text, duty, at)


@contextmanager
def _offline(context: Context, file: Path, root: str | None, clock: datetime, duty: Duty) -> Generator[Checker]:
    folder = settings_of(context).data
    checker = open_bundle(file.read_bytes(), read_memory(folder), clock, root)
    keep_memory(folder, checker.memory)
    if checker.root_is_new:
        context.note(
            "首次使用，已记下根密钥指纹，请与颁发机构核对",
            f"root fingerprint taken on trust, compare it with the issuer's: {checker.memory.root}",
        )
    for zh, en in checker.notes:
        context.note(zh, en)
    yield lambda text: checker.verify(text, clock, duty)


def _texts(context: Context, what: str) -> Iterator[str]:
    """Yield the credentials there are to check, in page order."""
    if what == _STANDARD_INPUT:
        yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
    elif _ADDRESS.match(what):
        yield what
    elif _is(what, Path.is_file):
        yield from _cards_in(context, Path(what).read_bytes())
    elif _FILE_NAME.fullmatch(what) or _is(what, Path.is_dir):
        raise Refused("no-such-file", f"没有文件 {what}", f"there is no file {what}")
    else:
        yield what


def _cards_in(context: Context, file: bytes) -> Iterator[str]:
    """Yield the cards' codes of a file; where it holds none, the codes it holds, for a verdict on them."""
    others: list[str] = []
    is_card_found = False
    for text in read_codes(file):
        if is_credential_text(text):
            is_card_found = True
            yield text
        else:
            others.append(text)
    if not is_card_found:
        yield from others
    elif others:
        context.note(
            f"图中另有 {len(others)} 个其他二维码，不是证卡，未作查验",
            f"{len(others)} other codes in the file are not cards and were passed over",
        )


def _is(what: str, kind: Callable[[Path], bool]) -> bool:
    """Return whether a path of that kind has this name; a text that is too long for a name is none."""
    try:
        return bool(what) and kind(Path(what))
    except OSError:
        return False


def _nothing_found(what: str) -> Refused:
    if what == _STANDARD_INPUT:
        return Refused(
            "nothing-to-check",
            "标准输入中没有内容；每行应为一个二维码文本",
            "standard input was empty: one text a line",
        )
    return Refused(
        "no-code-found",
        f"{what} 中没有找到二维码；请提供更清晰、完整的图像",
        f"no QR code was found in {what}: give a sharper picture that shows all of it",
    )


def _tell(context: Context, verdict: Verdict) -> None:
    """Print a verdict for a person; never the credential, which is as good as the card."""
    context.say(Text.assemble((verdict.verdict.value, COLOUR[verdict.tone]), "  ", verdict.summary.zh))
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
            context.say(f"    [{verdict.fit_for_duty.answer.value}] {reason.article} {reason.zh} {reason.en}")
