"""``occupations``: the catalogue of occupations."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import IN_FILE
from service.cli.register import opened
from service.domain.catalogue_additions import read_csv
from service.flows.publishing.catalogue import add_occupations, list_occupations


@click.group("occupations")
def occupations() -> None:
    """职业目录 The catalogue of occupations."""


@command("list", occupations)
@click.argument("text", default="")
@pass_context
def list_(context: Context, text: str) -> None:
    """列出职业目录 List the catalogue, or what has TEXT in its code or name."""
    with opened(context) as register:
        found = list_occupations(register, text)
    context.answer([{"code": code, "name": name} for code, name in found.items()])
    context.table(("编码 code", "名称 name"), list(found.items()), wide=(1,))
    context.say(f"共 {len(found)} 个 {len(found)} in all")


@command("import", occupations)
@click.argument("file", type=IN_FILE)
@pass_context
def import_(context: Context, file: Path) -> None:
    """补充职业目录 Add the codes and names of a CSV file: columns code and name (编码、名称).

    已有的编码不改名、不删除，有冲突则全部不加 Codes are never renamed; one conflict, and nothing is added.
    """
    stated = read_csv(file.read_bytes())
    with opened(context) as register:
        new = add_occupations(register, stated, context.actor)
    context.answer({"added": new, "known": len(stated) - len(new)})
    known = len(stated) - len(new)
    context.say(f"已补充 {len(new)} 个职业，{known} 个已在目录中 added; the rest was there")


COMMANDS: Final = (occupations,)
