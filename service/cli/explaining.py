"""``explain``."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.domain.explain import explain
from service.flows.requests.reading import card_number
from service.flows.shipped import shipped_jurisdictions


@command("explain")
@click.argument("number")
@pass_context
def explain_(context: Context, number: str) -> None:
    """解释编号每一位的含义 Say what each digit of a number means.

    不需要登记库。 Needs no register.
    """
    explanation = explain(card_number(number), shipped_jurisdictions())
    context.answer(explanation.as_json())
    context.say(explanation.zh, explanation.en)


COMMANDS: Final = (explain_,)
