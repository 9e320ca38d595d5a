"""``publish``: the public files in a folder, for any web server."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.nginx import configuration
from service.cli.public_files import data_files, page_files, write, write_if_changed
from service.cli.register import opened

_NGINX: Final = "nginx.conf"


@command("publish")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="写入的文件夹 the folder; files that have not changed are left alone.",
)
@pass_context
def publish(context: Context, out: Path) -> None:
    """写出全部公开文件 Write all that is public, for any web server.

    密钥文件、状态列表、离线查验包、查验网页，以及 nginx 配置示例。
    Key document, status lists, bundle, the pages, and an example of an nginx configuration.
    """
    with opened(context) as register:
        files = (*data_files(register), *page_files(register))
        nginx = configuration(register.host, out, files)
    changed = [*write(out, files), *([_NGINX] if write_if_changed(out / _NGINX, nginx.encode()) else [])]
    context.answer({"folder": str(out), "files": len(files) + 1, "changed": changed})
    context.say(f"共 {len(files) + 1} 个文件，更新 {len(changed)} 个 files, replaced: {out}")


COMMANDS: Final = (publish,)
