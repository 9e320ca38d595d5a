"""The printers of a body's print room, calibrated by whom and when; and which institutions print at the centre."""

from __future__ import annotations

import io

from cardlayout.calibration import calibration
from cardlayout.impose import Flip
from service.domain.access import By
from service.domain.event import Event
from service.domain.issuer import CENTRE
from service.flows.errors import Refused
from service.flows.printing.print_requests import PrinterRequest
from service.flows.register import Register
from service.store import journal, printers
from service.store.printers import Printer


def list_printers(register: Register, body: str) -> tuple[Printer, ...]:
    """List a body's printers in the order in which they were entered."""
    with register.database.read() as connection:
        return printers.all_of(connection, body)


def set_printer(register: Register, request: PrinterRequest, by: By) -> int:
    """Enter a printer of the body, or set the one of this name anew; return its id.

    Offsets that are stated anew are a calibration: it keeps when and by whom. They are kept to 0.01 mm.
    """
    body, now = by.body or CENTRE, register.effects.now()
    front, back = (request.front_x, request.front_y), (request.back_x, request.back_y)
    with register.database.write() as connection:
        before = next((one for one in printers.all_of(connection, body) if one.name == request.name), None)
        moved = before is not None and (before.offset_front, before.offset_back) != (front, back)
        calibrated = request.calibrated or moved
        one = Printer(
            name=request.name,
            sheet=request.sheet,
            flip=request.flip,
            offset_front=front,
            offset_back=back,
            calibrated_at=now if calibrated else (None if before is None else before.calibrated_at),
            calibrated_by=by.actor if calibrated else (None if before is None else before.calibrated_by),
        )
        identity = printers.put(connection, body, one)
        data = {
            "name": one.name,
            "sheet": one.sheet.value,
            "flip": one.flip.value,
            "front": f"{front[0]:.2f},{front[1]:.2f}",
            "back": f"{back[0]:.2f},{back[1]:.2f}",
        }
        journal.append_many(connection, now, by.actor, (Event("printer-set", f"printer:{identity}", data),))
    return identity


def remove_printer(register: Register, identity: int, by: By) -> None:
    """Take a printer out of the body's list. Raises Refused."""
    now = register.effects.now()
    with register.database.write() as connection:
        if not printers.remove(connection, by.body or CENTRE, identity, now):
            raise Refused("no-such-printer", f"没有编号为 {identity} 的打印机", f"there is no printer {identity}")
        journal.append_many(connection, now, by.actor, (Event("printer-removed", f"printer:{identity}", {}),))


def print_at_centre(register: Register, by: By, *, on: bool) -> None:
    """Let the centre print the body's cards from now on, or print them oneself again; the journal says who said so.

    Raises Refused for a body that is no institution.
    """
    now, institution = register.effects.now(), by.body or CENTRE
    if institution not in register.institutions():
        raise Refused("institution-only", "只有评价机构可以委托中心印制", "only an institution sends its cards there")
    with register.database.write() as connection:
        if (institution in printers.institutions_at_centre(connection)) is on:
            return
        printers.set_at_centre(connection, institution, by.actor, now, on=on)
        event = Event("printing-at-centre-set", institution, {"value": "on" if on else "off"})
        journal.append_many(connection, now, by.actor, (event,))


def calibration_sheet(register: Register, flip: Flip) -> bytes:
    """Draw the sheet that tells a printer's offsets, as a PDF. It bears no card and no code."""
    out = io.BytesIO()
    calibration(flip, register.fonts, out)
    return out.getvalue()
