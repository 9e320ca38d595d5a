"""``print`` and ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from cardlayout.calibration import calibration
from cardlayout.fonts import FontSet
from cardlayout.impose import Flip, Sheet, Slot
from cardlayout.render import Job
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import whole_file
from service.cli.params import OFFSET, OUT_FILE
from service.cli.register import opened, settings_of
from service.domain.card_number import CardNumber
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.issue.batches import still_printable, title_of
from service.flows.register import Register
from service.flows.requests.reading import card_number

_FLIP: Final = click.option(
    "--flip",
    type=click.Choice([flip.value for flip in Flip]),
    default=Flip.LONG.value,
    show_default=True,
    help="双面翻转方式 how the printer turns the sheet.",
)
_PDF: Final = click.option("--out", type=OUT_FILE, required=True, help="PDF 文件 the PDF.")
_FLIP_ZH: Final = {Flip.LONG: "沿长边翻转", Flip.SHORT: "沿短边翻转"}


@command("print")
@click.argument("numbers", nargs=-1)
@click.option("--batch", type=int, help="批次 all cards of a batch.")
@_PDF
@click.option(
    "--sheet",
    type=click.Choice([sheet.value for sheet in Sheet]),
    default=Sheet.FOUR.value,
    show_default=True,
    help="版式 cards on a page.",
)
@_FLIP
@click.option(
    "--start", type=click.IntRange(1, 5), default=1, show_default=True, help="首张的位置 first place on the sheet."
)
@click.option(
    "--slot",
    type=click.Choice([slot.value for slot in Slot]),
    default=Slot.NONE.value,
    show_default=True,
    help="打孔位：不画或画出 mark where to punch.",
)
@click.option("--offset-front", type=OFFSET, default=(0.0, 0.0), help="正面偏移，向右、向下的毫米数 mm right and down.")
@click.option("--offset-back", type=OFFSET, default=(0.0, 0.0), help="反面偏移 the same for the back.")
@pass_context
def print_(  # noqa: PLR0913, PLR0917 - one argument an option
    context: Context,
    numbers: tuple[str, ...],
    batch: int | None,
    out: Path,
    sheet: str,
    flip: str,
    start: int,
    slot: str,
    offset_front: tuple[float, float],
    offset_back: tuple[float, float],
) -> None:
    """打印证卡 Draw cards for printing, by batch or NUMBERS.

    重印的字节不变 A reprint has the same bytes. 偏移由校准页读出 Offsets are read off the sheet of "calibrate".
    """
    if bool(numbers) == (batch is not None):
        raise click.UsageError("请给出 --batch 批次或证卡编号之一 give --batch ID or card numbers")
    with opened(context) as register, context.progress("打印 printing") as progress, whole_file(out) as file:
        chosen = _chosen(context, register, numbers, batch)
        job = Job(title_of(chosen), Sheet(sheet), Flip(flip), start, offset_front, offset_back, Slot(slot))
        print_cards(
            register,
            Printing(chosen, job),
            file,
            actor=context.actor,
            progress=lambda done: progress(done, len(chosen)),
        )
    context.answer({"file": str(out), "numbers": [str(number) for number in chosen]})
    context.say(f"已写出 {len(chosen)} 张 cards written: {out}")
    if job.sheet in {Sheet.SINGLE, Sheet.CARD}:
        context.say("一面一页，正反相间 one side a page, front and back in turn; 80 mm × 110 mm")
    else:
        context.say(f"按实际大小（100 %）双面打印，{_FLIP_ZH[job.flip]} print at actual size, duplex, {flip}")


@command("calibrate")
@_PDF
@_FLIP
@pass_context
def calibrate(context: Context, out: Path, flip: str) -> None:
    """生成双面打印校准页 Write the sheet that tells a printer's offsets.

    从打印好的校准页读出 --offset-front 和 --offset-back 的毫米数 Its scales give the millimetres of the two options.
    """
    with whole_file(out) as file:
        calibration(Flip(flip), FontSet.load(settings_of(context).fonts), file)
    context.answer({"file": str(out)})
    context.say(f"已写出 written: {out}")
    context.note(
        "读出的偏移写在 zhengka print --offset-front 和 --offset-back 之后",
        "the offsets it shows go behind --offset-front and --offset-back of zhengka print",
    )


COMMANDS: Final = (print_, calibrate)


def _chosen(
    context: Context, register: Register, numbers: tuple[str, ...], batch: int | None
) -> tuple[CardNumber, ...]:
    """Return the cards to print, each once: of a batch those that were neither revoked nor voided since."""
    if batch is not None:
        left, gone = still_printable(register, batch)
        if gone and left:
            listed = "、".join(gone)
            context.note(f"已取消资格或作废，不再打印：{listed}", f"revoked or voided since, not printed: {listed}")
        return left or gone
    return tuple(dict.fromkeys(card_number(number) for number in numbers))
