"""The journal at the desk: its entries in words, the newest first, each with its proof, and the signed head."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from service.domain.access import Permission
from service.domain.event import VOCABULARY
from service.domain.event_words import event_words
from service.domain.journal import entry_bytes
from service.flows.register import Register
from service.flows.running.audit import prove_signed, signed_head
from service.flows.running.read_journal import Filter, Sought, export_sought, read_leaf, seek, table_of
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.typed import MAX_DIGITS, MAX_LINE, day, line, whole_number
from service.pages.shown import moment
from service.roster.table import write_table
from service.web.downloads import spreadsheet

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/journal"
_JSON: Final = "application/json"
_HEADINGS: Final = ("序号 no.", "时间 at", "经办人 by", "事件 event", "对象 subject", "内容 facts")


class JournalPage(Controller):
    """The journal is for auditors: it holds what everybody has done, and no person's name or identity number."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the newest entries, or those that are asked for."""
        desk = at_desk(request, register, Permission.READ_JOURNAL)
        try:
            found = _sought(desk, request)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/journal.html", **_context(desk, request))
        return desk.show("office/journal.html", **_context(desk, request, found))

    @route(PAGE + "/export", http_method=READ, sync_to_thread=True)
    def export(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[Any]:
        """Save what is sought: as a spreadsheet, or with ``format=jsonl`` as entries, byte for byte."""
        desk = at_desk(request, register, Permission.READ_JOURNAL)
        try:
            found = export_sought(register, _filter(request))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/journal.html", **_context(desk, request))
        name = f"journal-{register.effects.today()}"
        if request.query_params.get("format") == "jsonl":
            return _download(b"".join(entry_bytes(one) + b"\n" for one in found), f"{name}.jsonl")
        return spreadsheet(write_table("日志", _HEADINGS, table_of(found), register.effects.now()), name)

    @route(PAGE + "/{seq:int}", http_method=READ, sync_to_thread=True)
    def entry(
        self, seq: FromPath[int], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show one entry in full."""
        desk = at_desk(request, register, Permission.READ_JOURNAL)
        return desk.show("office/journal_entry.html", one=read_leaf(register, _place(seq)), moment=moment)

    @route(PAGE + "/head", http_method=READ, sync_to_thread=True)
    def head(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[Any]:
        """Sign the head, and give it to be kept elsewhere."""
        at_desk(request, register, Permission.READ_JOURNAL)
        head = signed_head(register)
        return _download(msgspec.json.encode(head), f"head-{register.effects.today()}-{head.size}.json")

    @route(PAGE + "/{seq:int}/proof", http_method=READ, sync_to_thread=True)
    def proof(
        self, seq: FromPath[int], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Return the proof that an entry is in the journal, with its text and the signed head it leads to."""
        at_desk(request, register, Permission.READ_JOURNAL)
        leaf = read_leaf(register, _place(seq))
        proof, head = prove_signed(register, leaf.seq)
        told = {"entry": leaf.text, "proof": proof, "head": head}
        return _download(msgspec.json.encode(told), f"entry-{leaf.seq}.json")


def _filter(request: AnyRequest) -> Filter:
    query = request.query_params
    return Filter(
        subject=line(query.get("subject", ""), MAX_LINE),
        kind=query.get("kind", ""),
        actor=line(query.get("actor", ""), MAX_LINE),
        since=day(query.get("since", "")),
        until=day(query.get("until", "")),
    )


def _sought(desk: Desk, request: AnyRequest) -> Sought:
    query = request.query_params
    places = {"before": whole_number(query.get("before", "")), "after": whole_number(query.get("after", ""))}
    return seek(desk.register, _filter(request), **places)


def _context(desk: Desk, request: AnyRequest, found: Sought | None = None) -> dict[str, Any]:
    query = request.query_params
    which = 0 if desk.language == "zh" else 1
    kinds = sorted(((kind, event_words(kind)[which]) for kind in VOCABULARY), key=lambda one: one[1])
    typed = {name: query.get(name, "").strip()[:MAX_LINE] for name in ("subject", "kind", "actor", "since", "until")}
    return {"found": found, "typed": typed, "kinds": kinds, "moment": moment}


def _place(seq: int) -> int:
    """Keep a number from the address within what a database counts: no journal is as long."""
    return max(-1, min(seq, 10**MAX_DIGITS))


def _download(content: bytes, name: str) -> Response[bytes]:
    return Response(content, media_type=_JSON, headers={"Content-Disposition": f'attachment; filename="{name}"'})
