"""``roster-template``, ``issue``, ``print``, ``calibrate`` and ``import-cards``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from cardlayout.calibration import calibration
from cardlayout.fonts import FontSet
from cardlayout.impose import Flip, Sheet
from cardlayout.render import Job
from service import effects
from service.cli.context import Context, command, pass_context
from service.domain.application.headings import EARLIER_HEADINGS
from service.domain.card_number import CardNumber
from service.flows.errors import Refused
from service.flows.import_cards import import_cards
from service.flows.issue_batch import Outcome, RefusedRow, Request, issue_batch
from service.flows.print_cards import numbers_of_batch, print_cards
from service.flows.row_report import row_report
from service.roster.photo_files import open_photos
from service.roster.reader import read_roster
from service.roster.template import write_template

_DATE: Final = click.DateTime(["%Y-%m-%d"])
_OUT: Final = click.Path(path_type=Path, dir_okay=False, writable=True)
_IN: Final = click.Path(path_type=Path, exists=True, dir_okay=False)


class Offset(click.ParamType[tuple[float, float]]):
    """``X,Y`` in millimetres: right and down."""

    name = "X,Y"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Read two numbers."""
        if isinstance(value, tuple):
            return value
        try:
            x, y = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r}: expected two numbers in mm such as 0.5,-1.2 应为两个毫米数", param, ctx)
        return x, y


@command("roster-template")
@click.argument("file", type=_OUT)
@pass_context
def roster_template(context: Context, file: Path) -> None:
    """生成空白申报表 Write an empty roster with headings, notes and drop-downs."""
    _refuse_existing(file)
    file.write_bytes(write_template(effects.real().now()))
    context.say(f"已写出 written: {file}")


@command("issue")
@click.argument("roster", type=_IN)
@click.option(
    "--photos",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="照片文件夹或 zip folder or zip of photographs.",
)
@click.option("--issuer", help="颁发机构代码，市职鉴中心写 centre code of the issuer, or centre.")
@click.option("--issued-on", type=_DATE, help="核发日期 date of issue, YYYY-MM-DD (default: today in Shanghai).")
@click.option("--reviewed-by", help="审核人 who confirms what no spreadsheet shows (督§6, 考§7).")
@click.option("--dry-run", is_flag=True, help="只检查，不占号 check everything, spend no number.")
@click.option("--all-or-nothing", is_flag=True, help="有一行不合格则全部不发 issue all rows or none.")
@click.option("--key", help="重试用的键：同一键只发一次 idempotency key: a retry issues nothing twice.")
@click.option("--report", type=_OUT, help="逐行结果 row report, xlsx (default: beside the roster).")
@pass_context
def issue(  # noqa: PLR0913 - one argument an option
    context: Context,
    roster: Path,
    photos: Path,
    issuer: str | None,
    issued_on: datetime | None,
    reviewed_by: str | None,
    key: str | None,
    report: Path | None,
    *,
    dry_run: bool,
    all_or_nothing: bool,
) -> None:
    """按申报表核发证卡 Check a roster, then number, sign and store the cards of its good rows."""
    sheet = read_roster(roster.read_bytes())
    with (
        context.register() as register,
        open_photos(photos) as source,
        context.progress("照片 photographs") as progress,
    ):
        outcome = issue_batch(
            register,
            Request(
                rows=sheet.open_rows,
                photos=source,
                actor=context.actor,
                issuer=issuer,
                issued_on=None if issued_on is None else issued_on.date(),
                reviewed_by=reviewed_by,
                dry_run=dry_run,
                all_or_nothing=all_or_nothing,
                key=key,
            ),
            progress,
        )
    target = report or roster.with_name(f"{roster.stem}-report.xlsx")
    target.write_bytes(row_report(sheet, outcome, effects.real().now(), dry_run=dry_run))
    for note in sheet.notes:
        context.note(f"{note.zh} {note.en}")
    if sheet.done_rows:
        context.note(f"{len(sheet.done_rows)} 行此前已发证，已跳过 rows have their card already, skipped")
    _tell(context, outcome, target, dry_run=dry_run)


@command("print")
@click.argument("numbers", nargs=-1)
@click.option("--batch", type=int, help="批次 all cards of a batch.")
@click.option("--out", type=_OUT, required=True, help="PDF 文件 the PDF.")
@click.option(
    "--sheet", type=click.Choice([sheet.value for sheet in Sheet]), default=Sheet.FOUR.value, show_default=True
)
@click.option("--flip", type=click.Choice([flip.value for flip in Flip]), default=Flip.LONG.value, show_default=True)
@click.option(
    "--start", type=click.IntRange(1, 5), default=1, show_default=True, help="首张的位置 first place on the sheet."
)
@click.option(
    "--offset-front", type=Offset(), default="0,0", help="正面偏移 mm, right and down: --offset-front 0.5,-1."
)
@click.option("--offset-back", type=Offset(), default="0,0", help="反面偏移 mm.")
@pass_context
def print_(  # noqa: PLR0913, PLR0917 - one argument an option
    context: Context,
    numbers: tuple[str, ...],
    batch: int | None,
    out: Path,
    sheet: str,
    flip: str,
    start: int,
    offset_front: tuple[float, float],
    offset_back: tuple[float, float],
) -> None:
    """打印证卡 Draw cards for printing: by batch, or by their NUMBERS; a reprint has the same bytes."""
    if bool(numbers) == (batch is not None):
        raise click.UsageError("give --batch ID or card numbers 请给出批次或证卡编号之一")
    with context.register() as register, context.progress("打印 printing") as progress:
        chosen = numbers_of_batch(register, batch) if batch is not None else tuple(map(CardNumber, numbers))
        title = f"证卡 {chosen[0]}" + (f" – {chosen[-1]}" if len(chosen) > 1 else "")
        job = Job(title, Sheet(sheet), Flip(flip), start, offset_front, offset_back)
        scratch = out.with_name(out.name + ".part")
        with scratch.open("wb") as file:
            print_cards(
                register, chosen, job, file, actor=context.actor, progress=lambda done: progress(done, len(chosen))
            )
        scratch.replace(out)
    if context.as_json:
        context.answer({"file": str(out), "numbers": [str(number) for number in chosen]})
    context.say(
        f"已写出 {len(chosen)} 张 written: {out}\n请按实际大小（100 %）双面打印 print at actual size, duplex, {flip}"
    )


@command("calibrate")
@click.option("--out", type=_OUT, required=True, help="PDF 文件 the PDF.")
@click.option("--flip", type=click.Choice([flip.value for flip in Flip]), default=Flip.LONG.value, show_default=True)
@pass_context
def calibrate(context: Context, out: Path, flip: str) -> None:
    """生成双面打印校准页 Write the numbered duplex sheet that tells --offset-front and --offset-back."""
    with out.open("wb") as file:
        calibration(Flip(flip), FontSet.load(context.settings().fonts), file)
    context.say(f"已写出 written: {out}")


@command("import-cards")
@click.argument("file", type=_IN)
@pass_context
def import_cards_(context: Context, file: Path) -> None:
    """导入本系统启用前的证卡 Bring in cards from before the system; the counters move past them."""
    sheet = read_roster(file.read_bytes(), EARLIER_HEADINGS)
    with context.register() as register:
        outcome = import_cards(register, sheet.open_rows, context.actor)
    if context.as_json:
        context.answer(
            {
                "imported": [str(number) for number in outcome.imported],
                "refused": [_refused_row(row) for row in outcome.refused],
            }
        )
    _tell_refused(context, outcome.refused)
    if outcome.refused:
        context.note("一张未导入：请改正后重新导入全表 nothing imported: correct the list and import it as a whole")
        raise click.exceptions.Exit(1)
    context.say(f"已导入 {len(outcome.imported)} 张 imported")


COMMANDS: Final = (roster_template, issue, print_, calibrate, import_cards_)


def _tell(context: Context, outcome: Outcome, report: Path, *, dry_run: bool) -> None:
    if context.as_json:
        context.answer(
            {
                "batch": outcome.batch,
                "dry_run": dry_run,
                "issued": [{"row": row.row, "number": row.number, "name": row.name} for row in outcome.issued],
                "refused": [_refused_row(row) for row in outcome.refused],
                "warned": [_refused_row(row) for row in outcome.warned],
                "nearly_full": list(outcome.nearly_full),
                "report": str(report),
            }
        )
    context.table(
        ("行 row", "证卡编号 number", "姓名 name"),
        [(str(row.row), row.number or "—", row.name) for row in outcome.issued],
    )
    _tell_refused(context, outcome.refused)
    for row in outcome.warned:
        for problem in row.problems:
            context.note(f"第 {row.row} 行 row {row.row} {row.name}: {problem.zh} {problem.en}")
    for photo in outcome.unused_photos:
        context.note(f"照片未用到 photo not used: {photo}")
    for prefix in outcome.nearly_full:
        context.note(f"编号段 {prefix} 已用 90 % 以上 series {prefix} is more than 90 % used")
    done = "可核发（试运行，未占号） would be issued (dry run)" if dry_run else f"已核发，批次 {outcome.batch} issued"
    context.say(f"{len(outcome.issued)} 行{done}，{len(outcome.refused)} 行不予核发 refused；逐行结果 report: {report}")
    if outcome.batch is None and not dry_run:
        context.note("一张未发：有不合格的行 nothing issued: not all rows are good (--all-or-nothing)")
    if outcome.refused and not outcome.issued:
        raise click.exceptions.Exit(1)


def _tell_refused(context: Context, refused: tuple[RefusedRow, ...]) -> None:
    context.table(
        ("行 row", "姓名 name", "原因 reasons", "条款 article"),
        [(str(row.row), row.name, problem.zh, problem.article) for row in refused for problem in row.problems],
    )


def _refused_row(row: RefusedRow) -> dict[str, object]:
    return {
        "row": row.row,
        "name": row.name,
        "problems": [
            {"field": p.field, "code": p.code, "article": p.article, "zh": p.zh, "en": p.en} for p in row.problems
        ],
    }


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise Refused("file-exists", f"{file} 已存在，不会覆盖", f"{file} exists and is not overwritten")
