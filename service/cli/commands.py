"""The ``zhengka`` command and its words."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli import check, issuing, keys, lifecycle, numbers, operations, setting_up
from service.cli.context import Context


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="zhengka", message="%(prog)s %(version)s")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="数据目录 data folder (default: ZHENGKA_DATA or ./data).",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 answer in JSON, for programs.")
@click.pass_context
def main(context: click.Context, data: Path | None, *, as_json: bool) -> None:
    """证卡：考评人员与质量督导员证卡的核发与查验 Issue and verify assessor and quality-supervisor cards."""
    context.obj = Context(data=data, as_json=as_json)


for module in (setting_up, issuing, check, lifecycle, numbers, keys, operations):
    for command in module.COMMANDS:
        main.add_command(command)
