"""``numbers list`` and ``numbers reserve``."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.card_number import is_nearly_full
from service.domain.regulation import LAST_SEQUENCE
from service.flows.issue.number_series import ReservationRequest, list_series, reserve_numbers
from service.flows.requests.reading import read_request


@click.group("numbers")
def numbers() -> None:
    """编号段 Series of numbers."""


@command("list", numbers)
@pass_context
def list_(context: Context) -> None:
    """列出编号段 List every series and what became of its numbers."""
    with opened(context) as register:
        found = list_series(register)
    context.answer(
        [
            {
                "prefix": one.prefix,
                "scheme": one.scheme.value,
                "last": one.last_no,
                "issued": one.issued,
                "reserved": one.reserved,
                "voided": one.voided,
                "before": one.before,
                "nearly_full": is_nearly_full(one.used),
            }
            for one in found
        ]
    )
    headings = ("编号段 prefix", "已到 last", "已发 issued", "预留 reserved", "作废 voided", "启用前 before", "")
    context.table(
        headings,
        [
            (
                one.prefix,
                f"{one.last_no:04d}/{LAST_SEQUENCE}",
                *(str(count) for count in (one.issued, one.reserved, one.voided, one.before)),
                "90 %" if is_nearly_full(one.used) else "",
            )
            for one in found
        ],
    )


@command("reserve", numbers)
@click.argument("prefix")
@click.argument("first", type=click.IntRange(1, LAST_SEQUENCE))
@click.argument("last", type=click.IntRange(1, LAST_SEQUENCE))
@click.option("--reason", required=True, help="依据 the reason (督附3).")
@pass_context
def reserve(context: Context, /, **options: object) -> None:
    """预留编号 Keep FIRST to LAST of series PREFIX back.

    预留的编号由人指定，仅限督导员（督附3） They are assigned by hand, to supervisors only.
    """
    request = read_request(ReservationRequest, options)
    with opened(context) as register:
        reserve_numbers(register, request, context.by())
    prefix, first, last = request.prefix, request.first, request.last
    context.answer({"prefix": prefix, "first": first, "last": last})
    context.say(f"已预留 reserved: {prefix}{first:04d} – {prefix}{last:04d}")


COMMANDS: Final = (numbers,)
