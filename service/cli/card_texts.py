"""``card-texts``: the words printed on cards."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.lifecycle import stated_fields
from service.cli.params import DAY
from service.cli.register import opened
from service.domain.card_text import FIELD_WORDS, Wording, changes, texts_of
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import read_texts, set_texts
from service.flows.requests.reading import read_request


@click.group("card-texts")
def card_texts() -> None:
    """证卡字样 The words printed on cards."""


@command("show", card_texts)
@pass_context
def show(context: Context) -> None:
    """查看现用字样和历次改动 Show the words that hold today, and what was ever set."""
    with opened(context) as register:
        found = read_texts(register)
    context.answer({"now": found.now.number, "wordings": [_as_json(one) for one in found.history]})
    context.table(
        ("项目 field", "名称 what", "字样 text"),
        [(name, " ".join(FIELD_WORDS[name]), text) for name, text in texts_of(found.now.text).items()],
        wide=(1, 2),
    )
    context.table(
        ("版 number", "起用 from", "设定 by", "事由 reason", "改动 changed"),
        [
            (f"{one.number}", f"{one.on}", found.shown_by[one.number], one.reason, _changed(one, before))
            for one, before in zip(found.history, found.history[1:], strict=False)
        ],
        wide=(3, 4),
    )


@command("set", card_texts)
@click.option(
    "--set",
    "stated",
    multiple=True,
    metavar="FIELD=VALUE",
    help="改某项字样，项目见 show a text, its field as in show.",
)
@click.option("--again", type=int, help="恢复第几版，0 为地区配置的 the number taken again, 0: the jurisdiction's.")
@click.option("--on", type=DAY, help="起用日期，今天或以后 from when, today or later (default: today).")
@click.option("--reason", required=True, help="事由 why.")
@pass_context
def set_(context: Context, /, *, stated: tuple[str, ...], **options: object) -> None:
    """设定字样 Set words; cards that were issued keep theirs (督附4, 督附5)."""
    request = read_request(CardTextsRequest, {**options, "texts": dict(stated_fields(stated))})
    with opened(context) as register:
        new = set_texts(register, request, context.actor)
    context.answer(_as_json(new))
    context.say(f"已设定第 {new.number} 版，{new.on} 起 set: number {new.number}, from that day on")


COMMANDS: Final = (card_texts,)


def _changed(one: Wording, before: Wording) -> str:
    return "；".join(f"{name}={text}" for name, text in changes(before.text, one.text).items())


def _as_json(one: Wording) -> dict[str, object]:
    return {
        "number": one.number,
        "texts": texts_of(one.text),
        "on": None if one.on is None else one.on.isoformat(),
        "reason": one.reason,
        "by": one.by,
        "entered_at": None if one.entered_at is None else one.entered_at.isoformat(),
    }
