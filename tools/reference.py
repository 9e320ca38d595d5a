"""Write what is generated: the pages of every command, route and article, and the words the browser shares.

``python -m tools.reference`` writes them; ``tests/test_docs.py`` compares them with the code. With ``--openapi FILE``
it writes the description of the interface instead, for programs that read one.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from service import settings
from service.app import create_app
from service.cli import main
from service.effects import real
from tools import articles
from tools.articles import table

ROOT: Final = Path(__file__).parents[1]
_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "commands": "Commands",
        "commands_intro": "Every command takes `--data` and `--json`; exit 0 done, 1 refused (what and why is on "
        "standard error), 2 wrong usage. This page is generated from the code: `python -m tools.reference`.",
        "option": "Option",
        "meaning": "Meaning",
        "api": "Routes",
        "api_intro": "Every route of the HTTP interface; the whole description, with types and limits, is "
        "`/schema/openapi.json`. How to use them stands in [Integrators](integrators.md). This page is generated "
        "from the code: `python -m tools.reference`.",
        "route": "Method and path",
        "answers": "Statuses",
        "signed_in": "Sign-in",
        "yes": "yes",
        "no": "no",
    },
    "zh": {
        "commands": "命令一览",
        "commands_intro": "每条命令都可带 `--data` 和 `--json`；退出码 0 表示完成，1 表示被拒绝（原因见"
        "标准错误输出），2 表示用法不对。本页由程序生成：`python -m tools.reference`。",
        "option": "选项",
        "meaning": "说明",
        "api": "接口路径",
        "api_intro": "HTTP 接口的全部路径；类型和限制的完整描述见 `/schema/openapi.json`，用法见"
        "[系统对接](integrators.md)。本页由程序生成：`python -m tools.reference`。",
        "route": "方法与路径",
        "answers": "状态码",
        "signed_in": "须登录",
        "yes": "是",
        "no": "否",
    },
}
_SCRIPT: Final = ROOT / "service" / "pages" / "assets" / "verifier" / "shared.js"
LANGUAGES: Final = tuple(_WORDS)
_SHARED: Final = {"data", "json"}


def pages() -> dict[Path, str]:
    """Return path and text of every generated file."""
    description = _description()
    found: dict[Path, str] = {}
    for language, words in _WORDS.items():
        folder = ROOT / "docs" / language
        found[folder / "commands.md"] = _commands(words)
        found[folder / "api.md"] = _routes(words, description)
        found[folder / "articles.md"] = articles.page(language)
    found[_SCRIPT] = _script()
    return found


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Return every command that does something, by its words."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from commands(child, (*path, name))


def _commands(words: dict[str, str]) -> str:
    parts = [f"# {words['commands']}", words["commands_intro"]]
    for path, command in commands(main):
        name = " ".join(("zhengka", *path))
        context = click.Context(command, info_name=name)
        usage = " ".join((name, *command.collect_usage_pieces(context)))
        parts += [f"## {' '.join(path)}", f"`{usage}`", _flowing(command.help or "")]
        rows = [
            (f"`{', '.join((*param.opts, *param.secondary_opts))}`", _flowing(param.help or ""))
            for param in command.params
            if isinstance(param, click.Option) and not param.hidden and param.name not in _SHARED
        ]
        if rows:
            parts.append(table((words["option"], words["meaning"]), rows))
    return "\n\n".join(parts) + "\n"


def _routes(words: dict[str, str], description: dict[str, Any]) -> str:
    parts = [f"# {words['api']}", words["api_intro"]]
    tagged: dict[str, list[tuple[str, str, str, str]]] = {}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            signed_in = words["yes"] if operation.get("security") not in (None, [], [{}]) else words["no"]
            text = operation.get("summary", "")
            statuses = ", ".join(sorted(operation["responses"]))
            row = (f"`{method.upper()} {path}`<br>{text}", signed_in, statuses)
            tagged.setdefault((operation.get("tags") or ["other"])[0], []).append((*row, path))
    head = (words["route"], words["signed_in"], words["answers"])
    for tag in sorted(tagged):
        rows = [row[:3] for row in sorted(tagged[tag], key=lambda row: row[3])]
        parts += [f"## {tag}", table(head, rows)]
    return "\n\n".join(parts) + "\n"


def _script() -> str:
    """Return what Python and the browser share as a module of the browser's verifier."""
    shared = (ROOT / "service" / "domain" / "shared.json").read_text("utf-8").rstrip()
    return (
        "// @ts-check\n"
        "// Words and figures that the service and this verifier share. Generated from service/domain/shared.json:\n"
        "// `python -m tools.reference`.\n\n"
        f"export const SHARED = /** @type {{const}} */ ({shared})\n"
    )


def _flowing(text: str) -> str:
    """Return the text of a help page in one line for each paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.replace("\b", "").split("\n\n"))


def _description() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        schema: dict[str, Any] = create_app(settings.load({}, Path(folder)), real()).openapi_schema.to_schema()
    return schema


@click.command()
@click.option("--openapi", type=click.Path(path_type=Path, dir_okay=False), help="Write the description there instead.")
def write(openapi: Path | None) -> None:
    """Write the generated files."""
    if openapi is not None:
        openapi.write_text(json.dumps(_description(), ensure_ascii=False, indent=1), "utf-8")
        return
    for page, text in pages().items():
        page.write_text(text, "utf-8")


if __name__ == "__main__":
    write()
