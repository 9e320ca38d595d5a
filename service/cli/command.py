"""How a function becomes a command: its options, and how refusals leave the program."""

from __future__ import annotations

import errno
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast, runtime_checkable

import click

from cardlayout.errors import LayoutError
from keys.errors import KeysError
from service.cli.context import Context
from service.cli.remedies import CLI_REMEDIES
from service.domain.visible import TextRefused, check_visible
from service.flows.errors import Refused
from service.flows.remedies import Words, with_remedy
from service.flows.requests.reading import FieldRefused, RequestInvalid
from service.flows.words import zh_of

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], click.Command]

DATA_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
DATA_HELP: Final = "数据目录 data folder (default: ZHENGKA_DATA or ./data)."
JSON_HELP: Final = "以 JSON 输出 answer in JSON, for programs."

SEVERAL_LINES: Final = frozenset({"reason", "note"})
"""Options that hold more than a line."""

UNREAD: Final = frozenset({("verify", "what")})
"""Arguments that are neither kept nor shown: ``verify`` answers whatever a camera reads."""

_WHY: Final = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是文件夹，应为文件",
    errno.ENOTDIR: "路径中有一级不是文件夹",
    errno.EEXIST: "已存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.ENAMETOOLONG: "文件名过长",
}

pass_context: Final = click.make_pass_decorator(Context, ensure=True)


@runtime_checkable
class _Refusal(Protocol):
    """Every error of ours that is meant for a person: a permanent code and a sentence in two languages."""

    code: str
    zh: str
    en: str


def command(name: str, group: click.Group | None = None) -> Decorator:
    """Make a command of a function: refusals become exit 1; ``--data`` and ``--json`` may follow the command too."""

    def make(function: Callable[..., Any]) -> click.Command:
        made = click.command(name, cls=_Guarded)(_shared_options(_refusing(function)))
        if group is not None:
            group.add_command(made)
        return made

    return make


class _Guarded(click.Command):
    """A command whose texts are looked at before it does anything."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run, unless an option or argument holds an invisible character. Raises BadParameter, exit 2."""
        for parameter in self.params:
            for text in _texts(ctx.params.get(parameter.name or "")):
                try:
                    if (self.name, parameter.name) not in UNREAD:
                        check_visible(text, parameter.name or "", breaks=parameter.name in SEVERAL_LINES)
                except TextRefused as error:
                    raise click.BadParameter(f"{error.zh} {error.en}", ctx, parameter) from error
        return super().invoke(ctx)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() | tuple():
            for inner in cast("list[object]", value):
                yield from _texts(inner)
        case _:
            pass


def _refusing(function: Function) -> Function:
    """Turn a refusal into two sentences on standard error and exit 1; anything else is a fault of the program."""

    @functools.wraps(function)
    def run(*args: object, **kwargs: object) -> object:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            refusal = _words(error)
            if refusal is None:
                raise
            context = click.get_current_context().find_object(Context) or Context()
            code, *words = refusal
            parameters = error.parameters if isinstance(error, Refused) else {}
            context.refuse(code, *with_remedy(CLI_REMEDIES, code, (words[0], words[1]), parameters))
            raise click.exceptions.Exit(1) from error

    return cast("Function", run)


def _words(error: Exception) -> tuple[str, str, str] | None:
    """Return code and two sentences of a refusal; None for anything else."""
    if isinstance(error, RequestInvalid):
        return error.code, *error.worded(_option)
    if isinstance(error, _Refusal):
        return error.code, error.zh, error.en
    if isinstance(error, (KeysError, LayoutError)):
        return error.code, zh_of(error), str(error)
    if isinstance(error, OSError) and error.filename is not None:
        why = _WHY.get(error.errno or 0, error.strerror)
        return "file-error", f"无法读写 {error.filename}：{why}", f"cannot use {error.filename}: {error.strerror}"
    return None


def _option(refused: FieldRefused) -> Words:
    """Name the option, or the argument, that a field of a request comes from."""
    for parameter in click.get_current_context().command.params:
        if parameter.name == refused.field:
            called = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
            return called, called
    return refused.field, refused.field


def _shared_options(function: Callable[..., Any]) -> Callable[..., Any]:
    def take_json(context: click.Context, _option: click.Parameter, value: object) -> None:
        if value:
            context.ensure_object(Context).as_json = True

    def take_data(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
        if value is not None:
            context.ensure_object(Context).data = value

    as_json = click.option(
        "--json", is_flag=True, expose_value=False, is_eager=True, callback=take_json, help=JSON_HELP
    )
    data = click.option("--data", type=DATA_FOLDER, expose_value=False, callback=take_data, help=DATA_HELP)
    return data(as_json(function))
