"""``clock`` and ``clock confirm``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.validity import SHANGHAI
from service.flows.running.clock import ClockState, clock_state, confirm_clock

_COUNTERS: Final = {"boot": "本机开机计时 uptime", "process": "本进程计时 process", "database": "数据库时钟 database"}


@click.group("clock", invoke_without_command=True)
@click.pass_context
def clock(click_context: click.Context) -> None:
    """时钟是否可信 Whether the clock is believed."""
    if click_context.invoked_subcommand is None:
        click_context.invoke(show)


@command("show", clock)
@pass_context
def show(context: Context) -> None:
    """查看时钟 Show the clock, the last signing and what has passed since."""
    with opened(context) as register:
        state = clock_state(register)
    context.answer(_as_json(state))
    context.say(f"现在 now: {_text(state.now)}")
    if state.last is None:
        context.say("尚未签署过状态列表 no status list has been signed yet")
        return
    compared = "、".join(_COUNTERS[name] for name in state.compared_with) or "无 nothing"
    context.say(f"上次签署 last signing: {_text(state.last)}；对照 compared with: {compared}")
    if state.is_alarm:
        context.say(
            f"时钟快了 {round(state.ahead_s)} 秒，暂停签署：请改正时钟；确认无误则运行 zhengka clock confirm\n"
            f"the clock is {round(state.ahead_s)} s ahead and nothing is signed: set it right, or if it is right run "
            "zhengka clock confirm"
        )
    else:
        context.say("时钟正常 the clock is fine")


@command("confirm", clock)
@pass_context
def confirm(context: Context) -> None:
    """确认时钟无误 Confirm that the clock is right: signing goes on. It is journalled."""
    with opened(context) as register:
        before = confirm_clock(register, context.actor)
    context.answer(_as_json(before))
    context.say(f"已确认时钟 confirmed: {_text(before.now)}")


COMMANDS: Final = (clock,)


def _text(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _as_json(state: ClockState) -> dict[str, object]:
    return {
        "now": state.now.isoformat(timespec="seconds"),
        "last_signing": None if state.last is None else state.last.isoformat(timespec="seconds"),
        "ahead_seconds": round(state.ahead_s),
        "alarm": state.is_alarm,
        "compared_with": list(state.compared_with),
    }
