"""Check the card that came out, and hand it out: the right code, the right face, the right hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from sqlalchemy import Connection

from cardlayout.forms.draw import draw
from cardlayout.forms.model import Cell, Form, Row, Table
from service.domain.access import By, Principal
from service.domain.card_number import CardNumber
from service.domain.credential import text_of
from service.domain.event import Event
from service.domain.issuer import CENTRE
from service.domain.printing import CopyStage, Delivery, PrintStep, after_check, after_delivery, issuer_of
from service.flows.cards.preview import front_for_printers
from service.flows.checking.copy_shown import copy_of_credential
from service.flows.checking.read_codes import read_codes
from service.flows.errors import Refused, no_such_card
from service.flows.printing.print_requests import HandOutRequest
from service.flows.printing.queue import may_hand_out, scope
from service.flows.register import Register
from service.store import journal, print_lines, prints
from service.store.print_lines import CopyLine
from service.store.prints import PrintEntry
from service.store.states import CopyState

MAX_PICTURE_BYTES: Final = 20 * 1024 * 1024
_WIDTHS: Final = (12, 30, 42, 28, 40, 18)  # mm
_SIGNED: Final = 12.0  # mm: room to sign


@dataclass(frozen=True, slots=True)
class ShownPrint:
    """A print that was scanned: whose it is and how far, for its face to be compared with the photograph."""

    line: CopyLine
    text: str


def read_picture(data: bytes) -> str:
    """Return the one code on a photograph or scan of a card's back. Raises Refused."""
    if len(data) > MAX_PICTURE_BYTES:
        raise Refused("file-too-large", "图片超过 20 MB", "the picture has more than 20 MB")
    found = list(dict.fromkeys(read_codes(data)))
    if len(found) == 1:
        return found[0]
    raise Refused(
        "picture-codes",
        f"图片上读到 {len(found)} 个二维码，应正好有 1 个；请对准一张卡的背面再拍",
        f"the picture shows {len(found)} codes and should show one: take one card's back",
    )


def find_print(register: Register, text: str, by: By) -> ShownPrint:
    """Find whose print was scanned, by the code that the register has for its live copy and no other.

    Raises Refused for a code that is none of ours, not the body's to check, or of a copy that is replaced or altered;
    PrintStepRefused where it is not this copy's turn.
    """
    body = by.body or CENTRE
    with register.database.read() as connection:
        found = copy_of_credential(register, connection, text)
        if found is None or issuer_of(found.card.number) not in scope(connection, body) | {body}:
            raise Refused(
                "print-not-ours",
                "这不是本单位证卡的二维码：可能扫到了别的码，或打印已经走样",
                "this is no code of a card of yours: another code was scanned, or the print is spoilt",
            )
        number = found.card.number
        if found.copy.state is not CopyState.LIVE:
            raise Refused(
                "print-replaced",
                f"{number} 的这张卡已被补发的新卡代替，请剪毁",
                f"this copy of {number} has been replaced: destroy it",
            )
        if text.strip() != text_of(register.host, found.copy.credential):
            raise Refused(
                "print-altered",
                f"{number} 的二维码与登记的不一字不差，请重打",
                f"the code of {number} is not what is registered, character for character: print it again",
            )
        (line,) = print_lines.lines_of(connection, (number,))
    after_check(number, line.stage)
    return ShownPrint(line, text.strip())


def check_print(register: Register, text: str, by: By) -> CardNumber:
    """Enter that a print that came out has the right code, and the right face as the clerk has seen; return whose.

    Raises what ``find_print`` raises.
    """
    shown = find_print(register, text, by)
    number, now, body = shown.line.number, register.effects.now(), by.body or CENTRE
    with register.database.write() as connection:
        copy_id, stage = _locked(connection, (number,))[number]
        if copy_id != shown.line.copy_id:
            raise Refused("copies-changed", f"{number} 刚刚补发了新卡", f"{number} has just got a new copy")
        prints.set_stage(connection, after_check(number, stage), (copy_id,))
        entry = PrintEntry(copy_id=copy_id, number=number, step=PrintStep.CHECKED, at=now, actor=by.actor, body=body)
        prints.enter(connection, (entry,))
        event = Event("card-checked", number, {"copy": copy_id.hex(), "body": body})
        journal.append_many(connection, now, by.actor, (event,))
    return number


def hand_out(register: Register, request: HandOutRequest, by: By) -> int:
    """Enter that checked cards got to their holders, signed for or posted; return how many.

    Raises Refused for a card that is not the body's, and for what was posted without a number; PrintStepRefused for
    one that was not checked, or is with its holder already.
    """
    body, now = by.body or CENTRE, register.effects.now()
    numbers = tuple(dict.fromkeys(request.numbers))
    posted = request.delivery is Delivery.POSTED
    if posted and not request.tracking:
        raise Refused("tracking-missing", "邮寄须填快递单号", "what is posted has a tracking number")
    with register.database.write() as connection:
        for number in numbers:
            if not may_hand_out(connection, body, issuer_of(number)):
                raise no_such_card(number)
        stages = _locked(connection, numbers)
        for number in numbers:
            after_delivery(number, stages[number][1])
        prints.set_stage(connection, CopyStage.HANDED_OUT, [stages[number][0] for number in numbers])
        prints.enter(
            connection,
            [
                PrintEntry(
                    copy_id=stages[number][0],
                    number=number,
                    step=PrintStep.HANDED_OUT,
                    at=now,
                    actor=by.actor,
                    body=body,
                    delivery=request.delivery,
                    tracking=request.tracking if posted else None,
                )
                for number in numbers
            ],
        )
        data = {"numbers": [str(one) for one in numbers], "delivery": request.delivery.value, "body": body}
        if posted and request.tracking:
            data["tracking"] = request.tracking
        journal.append_many(connection, now, by.actor, (Event("cards-handed-out", numbers[0], data),))
    return len(numbers)


def draw_signatures(register: Register, numbers: Sequence[CardNumber], by: By, out: BinaryIO) -> None:
    """Write the list on which holders sign for their cards, as a PDF. Raises Refused for a card not the body's."""
    body = by.body or CENTRE
    with register.database.read() as connection:
        for number in numbers:
            if not may_hand_out(connection, body, issuer_of(number)):
                raise no_such_card(number)
        lines = print_lines.lines_of(connection, numbers)
    if not lines:
        raise Refused("nothing-to-sign", "没有选择待发放的证卡", "no card was chosen")
    head = tuple(Cell(text, bold=True) for text in ("序号", "姓名", "证卡编号", "领取日期", "领取人签名", "备注"))
    rows = (
        Row((Cell(str(place)), Cell(line.name), Cell(str(line.number)), Cell(), Cell(), Cell()), height=_SIGNED)
        for place, line in enumerate(lines, 1)
    )
    day = register.effects.today()
    form = Form(
        title="证卡领取签收表",
        table=Table(_WIDTHS, (Row(head), *rows), heading=1),
        above=(f"{register.issuer_name(body)}　　{day}　　共 {len(lines)} 张",),
        below=("代领的请在备注栏注明与持证人的关系。",),
    )
    draw([form], "证卡领取签收表", register.fonts, out)


def face_of_print(register: Register, number: CardNumber, by: Principal) -> bytes:
    """Return the front that a print should show, as PNG; that it was read is recorded. Raises Refused."""
    with register.database.read() as connection:
        mine = scope(connection, by.body)
    return front_for_printers(register, number, by, mine)


def _locked(connection: Connection, numbers: Sequence[CardNumber]) -> dict[CardNumber, tuple[bytes, CopyStage | None]]:
    stages = prints.lock_stages(connection, numbers)
    for number in numbers:
        if number not in stages:
            raise no_such_card(number)
    return stages
