"""``init``, ``serve``, ``institution`` and ``demo``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from service import app, effects
from service.cli.context import Context, command, pass_context, with_json
from service.demo import tour
from service.domain.issuer import Institution
from service.flows.institutions import add_institution, list_institutions
from service.flows.set_up import set_up
from service.flows.shipped import shipped_jurisdiction


@command("init")
@click.option(
    "--jurisdiction", default="chongqing", show_default=True, help="地区配置：随附名称或 JSON 文件 name or JSON file."
)
@click.option("--host", help="印在二维码里的域名，不超过 32 个字符 host in the QR code, 32 characters at most.")
@pass_context
def init(context: Context, jurisdiction: str, host: str | None) -> None:
    """建立登记库和密钥 Make the register and its keys; never overwrites."""
    chosen = context.settings()
    path = Path(jurisdiction)
    text = path.read_text("utf-8") if path.is_file() else shipped_jurisdiction(jurisdiction)
    if chosen.passphrase is None and context.may_ask:
        chosen = replace(chosen, passphrase=context.new_passphrase())
    made = set_up(chosen, effects.real(), jurisdiction_text=text, host=host)
    if context.as_json:
        context.answer(
            {
                "root_fingerprint": made.root_fingerprint,
                "root_file": str(made.root_file),
                "passphrase_file": None if made.passphrase_file is None else str(made.passphrase_file),
                "jurisdiction": made.jurisdiction,
                "host": made.host,
            }
        )
        return
    context.say(f"登记库已建立 register made: {chosen.data}（{made.jurisdiction}，{made.host}）")
    context.say(f"根密钥指纹，查验端须核对 root fingerprint, to be pinned by checkers:\n  {made.root_fingerprint}")
    context.say(f"根密钥文件 {made.root_file}：请移到离线介质保存 move it off this machine")
    if made.passphrase_file is not None:
        context.say(f"口令文件 {made.passphrase_file}：请抄存他处 keep a copy of it elsewhere")


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="进程数 processes.")
@pass_context
def serve(context: Context, host: str, port: int, workers: int) -> None:
    """启动查验服务 Start the service."""
    chosen = context.settings()
    with context.register():
        pass  # refuse here, in plain words, rather than in a worker's log
    base = f"http://{host}:{port}"
    context.note(f"服务地址 service: {base}\n接口说明 API: {base}/schema\n停止 stop: Ctrl-C")
    app.serve(chosen, host, port, workers)


@click.group("institution")
def institution() -> None:
    """鉴定评价机构 Evaluation institutions."""


@with_json(institution, "add")
@click.argument("code")
@click.argument("letter", type=click.Choice(["H", "Y", "S"]))
@click.argument("name")
@click.option("--authority", help="备案地人社部门 filing authority.")
@pass_context
def add(context: Context, code: str, letter: str, name: str, authority: str | None) -> None:
    """登记机构 Enter an institution: 6-digit CODE, LETTER H/Y/S, NAME."""
    with context.register() as register:
        add_institution(register, Institution(code, letter, name.strip(), authority), context.actor)
    if context.as_json:
        context.answer({"code": code, "letter": letter, "name": name.strip(), "authority": authority})
    context.say(f"已登记 entered: {code} {letter} {name}")


@with_json(institution, "list")
@pass_context
def list_(context: Context) -> None:
    """列出机构 List institutions."""
    with context.register() as register:
        found = list_institutions(register)
    if context.as_json:
        context.answer([{"code": i.code, "letter": i.letter, "name": i.name, "authority": i.authority} for i in found])
    context.table(
        ("代码 code", "类别 letter", "名称 name", "备案部门 authority"),
        [(i.code, i.letter, i.name, i.authority or "") for i in found],
    )


@command("demo")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="空目录 an empty folder.")
@pass_context
def demo(context: Context, out: Path) -> None:
    """用示例数据走完主要流程 Run the main job on sample data."""
    tour.run(context.console, out, effects.real())


COMMANDS: Final = (init, serve, institution, demo)
