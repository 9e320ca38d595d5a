"""``roster-template``, ``issue`` and ``import-cards``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final

import click

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import DAY, IN_FILE, IN_FILE_OR_FOLDER, OUT_FILE
from service.cli.register import opened
from service.cli.remedies import CLI_REMEDIES
from service.domain.application.headings import EARLIER_HEADINGS, HEADINGS, Heading
from service.flows.errors import Refused
from service.flows.issue.import_cards import import_cards
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.outcome import Outcome, RefusedRow
from service.flows.issue.row_report import row_report
from service.flows.remedies import with_remedies
from service.roster.errors import RosterError
from service.roster.photo_files import open_photos
from service.roster.reader import Roster, read_roster
from service.roster.template import write_template

_REPORT_STEM: Final = re.compile(r"(.+?)-report(?:-[0-9]+)?")
_NAMED_FILES: Final = 10  # unused photographs told by name; of more than these only the count


_SHEET: Final = click.option(
    "--sheet", metavar="NAME", help="文件中有几张名单时用哪一张 which list, where the file has several."
)


@command("roster-template")
@click.argument("file", type=OUT_FILE)
@pass_context
def roster_template(context: Context, file: Path) -> None:
    """生成空白申报表 Write an empty roster: headings, notes, drop-downs."""
    refuse_existing(file)
    with whole_file(file) as out:
        out.write(write_template(effects.real().now()))
    context.answer({"file": str(file)})
    context.say(f"已写出 written: {file}")


@command("issue")
@click.argument("roster", type=IN_FILE)
@_SHEET
@click.option("--photos", required=True, type=IN_FILE_OR_FOLDER, help="照片文件夹或 zip folder or zip of photographs.")
@click.option("--issuer", help="颁发机构代码，市职鉴中心写 centre code of the issuer, or centre.")
@click.option("--issued-on", type=DAY, help="核发日期 date of issue (default: today in Shanghai).")
@click.option("--reviewed-by", help="审核人 who confirms what no spreadsheet shows (督§6, 考§7).")
@click.option("--notice", help="认证通知 the notice that allows a certification of longer ago.")
@click.option(
    "--new-job-type",
    "new_job_types",
    multiple=True,
    metavar="NAME",
    help="确认的新工种（目录中没有、也未发过证卡）a job type that is in no catalogue, confirmed; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="只检查，不占号 check everything, spend no number.")
@click.option("--all-or-nothing", is_flag=True, help="有一行不合格则全部不发 issue all rows or none.")
@click.option("--key", help="重试用的键：同一键只发一次 idempotency key: a retry issues nothing twice.")
@click.option("--report", type=OUT_FILE, help="逐行结果，xlsx row report (default: a new file beside the roster).")
@pass_context
def issue(  # noqa: PLR0913, PLR0917 - one argument an option
    context: Context,
    roster: Path,
    photos: Path,
    issuer: str | None,
    issued_on: date | None,
    reviewed_by: str | None,
    notice: str | None,
    key: str | None,
    report: Path | None,
    *,
    sheet: str | None,
    new_job_types: tuple[str, ...],
    dry_run: bool,
    all_or_nothing: bool,
) -> None:
    """按申报表核发证卡 Check a roster, then issue cards for its good rows.

    逐行结果可以改正后再次提交 The row report can be corrected and given again: rows that have their card are skipped.
    """
    read = _read(roster, HEADINGS, sheet)
    target = report or _beside(roster)
    if target.exists() and target.samefile(roster):
        raise Refused(
            "report-is-roster",
            f"--report 不能是申报表本身：{roster}",
            f"the report must not overwrite the roster itself: {roster}",
        )
    with (
        opened(context) as register,
        open_photos(photos) as source,
        whole_file(target) as file,  # entered before a number is spent
    ):
        request = Request(
            rows=read.open_rows,
            photos=source,
            actor=context.actor,
            issuer=issuer,
            issued_on=issued_on,
            reviewed_by=reviewed_by,
            notice=notice,
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
            key=key,
            new_job_types=new_job_types,
        )
        with context.progress("照片 photographs") as progress:
            outcome = issue_batch(register, request, progress)
        # Told first: numbers are spent now, and a full disk must not hide which.
        _tell(context, read, outcome, target, dry_run=dry_run)
        file.write(row_report(read, outcome, effects.real().now(), dry_run=dry_run))
    context.say(f"逐行结果 row report: {target}")
    if outcome.batch is not None and outcome.issued:
        context.say(f"打印 to print: zhengka print --batch {outcome.batch} --out cards.pdf")
    if outcome.refused and not outcome.issued:
        raise click.exceptions.Exit(1)


@command("import-cards")
@click.argument("file", type=IN_FILE)
@click.option(
    "--confirm-prefix",
    "confirmed",
    multiple=True,
    metavar="PREFIX",
    help="核对无误的编号段，如 R5026 a series whose counter may move so far.",
)
@_SHEET
@pass_context
def import_cards_(context: Context, file: Path, confirmed: tuple[str, ...], sheet: str | None) -> None:
    """导入本系统启用前的证卡 Bring in cards from before the system.

    编号计数随之越过其中最大者 The counters move past them. 有一行不合格则全部不导入 All rows or none.
    计数越过的号比证卡多出 50 个以上的，须用 --confirm-prefix 确认 A counter that moves further asks first.
    """
    read = _read(file, EARLIER_HEADINGS, sheet)
    with opened(context) as register:
        outcome = import_cards(register, read.open_rows, context.actor, confirmed)
    context.answer(
        {
            "imported": [str(number) for number in outcome.imported],
            "refused": [_as_json(row) for row in outcome.refused],
        }
    )
    _tell_notes(context, read)
    _tell_refused(context, outcome.refused)
    if outcome.refused:
        raise Refused(
            "nothing-imported",
            "一张未导入：请改正后重新导入全表",
            "nothing was imported: correct the list and import it as a whole",
        )
    context.say(f"已导入 {len(outcome.imported)} 张 imported")


COMMANDS: Final = (roster_template, issue, import_cards_)


def _read(file: Path, headings: Sequence[Heading], sheet: str | None) -> Roster:
    """Read a list of people; a refusal names the file."""
    try:
        return read_roster(file.read_bytes(), headings, sheet)
    except RosterError as error:
        raise Refused(error.code, f"{file}：{error.zh}", f"{file}: {error.en}") from error


def _beside(roster: Path) -> Path:
    """Name a new report beside the roster: an earlier one may hold corrections made by hand."""
    corrected = _REPORT_STEM.fullmatch(roster.stem)
    stem = corrected[1] if corrected else roster.stem
    names = (f"{stem}-report{f'-{number}' if number > 1 else ''}.xlsx" for number in count(1))
    return next(path for name in names if not (path := roster.with_name(name)).exists())


def _tell(context: Context, sheet: Roster, outcome: Outcome, report: Path, *, dry_run: bool) -> None:
    context.answer(
        {
            "batch": outcome.batch,
            "dry_run": dry_run,
            "issued": [{"row": row.row, "number": row.number, "name": row.name} for row in outcome.issued],
            "refused": [_as_json(row) for row in outcome.refused],
            "warned": [_as_json(row) for row in outcome.warned],
            "nearly_full": list(outcome.nearly_full),
            "unused_photos": list(outcome.unused_photos),
            "new_job_types": list(outcome.new_job_types),
            "report": str(report),
        }
    )
    context.table(
        ("行 row", "证卡编号 number", "姓名 name"),
        [(str(row.row), row.number or "—", row.name) for row in outcome.issued],
    )
    _tell_refused(context, outcome.refused)
    _tell_notes(context, sheet)
    if not context.as_json:
        for zh, en in _remarks(outcome):
            context.note(zh, en)
    context.say(_summary(outcome, dry_run=dry_run))


def _tell_notes(context: Context, sheet: Roster) -> None:
    for note in sheet.notes:
        context.note(note.zh, note.en)
    if sheet.done_rows:
        context.note(
            f"{len(sheet.done_rows)} 行此前已发证，已跳过", f"{len(sheet.done_rows)} rows have their card: skipped"
        )


def _remarks(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Return what a person should know beside the refusals."""
    for row in outcome.warned:
        for problem in with_remedies(CLI_REMEDIES, row.problems):
            yield f"第 {row.row} 行 {row.name}：{problem.zh}", f"row {row.row}: {problem.en}"
    for photo in outcome.unused_photos[:_NAMED_FILES]:
        yield "照片未用到", f"photo not used: {photo}"
    if (more := len(outcome.unused_photos) - _NAMED_FILES) > 0:
        yield f"另有 {more} 个文件未用到", f"and {more} more files"
    for prefix in outcome.nearly_full:
        yield f"编号段 {prefix} 已用 90 % 以上，请及早报告", f"series {prefix} is more than 90 % used"


def _summary(outcome: Outcome, *, dry_run: bool) -> str:
    good, bad = len(outcome.issued), len(outcome.refused)
    if dry_run:
        return f"试运行，未占号：可核发 {good} 行，不予核发 {bad} 行 dry run: {good} rows can be issued, {bad} cannot"
    if outcome.batch is None:
        return f"一张未发：{bad} 行不合格 nothing issued: {bad} rows are not good (--all-or-nothing)"
    return (
        f"批次 {outcome.batch}：核发 {good} 张，不予核发 {bad} 行 batch {outcome.batch}: {good} issued, {bad} refused"
    )


def _tell_refused(context: Context, refused: tuple[RefusedRow, ...]) -> None:
    context.table(
        ("行 row", "姓名 name", "原因 reasons", "条款 article"),
        [
            (str(row.row), row.name, problem.zh, problem.article)
            for row in refused
            for problem in with_remedies(CLI_REMEDIES, row.problems)
        ],
        wide=(2,),
    )


def _as_json(row: RefusedRow) -> dict[str, object]:
    return {
        "row": row.row,
        "name": row.name,
        "problems": [
            {"field": p.field, "code": p.code, "article": p.article, "zh": p.zh, "en": p.en}
            for p in with_remedies(CLI_REMEDIES, row.problems)
        ],
    }
