"""``keys backup-key``: the pair of keys that backups are encrypted to and opened with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from keys.backup_key import make_backup_key
from keys.vault import DEFAULT_COST
from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing
from service.cli.params import IN_FILE, OUT_FILE
from service.flows.errors import NoPassphrase

PASSPHRASE_FILE: Final = click.option(
    "--key-passphrase-file", type=IN_FILE, help="存有备份密钥口令的文件 file with the passphrase of the backup key."
)


@command("backup-key")
@click.option("--out", type=OUT_FILE, required=True, help="私钥文件 file of the private part, sealed.")
@PASSPHRASE_FILE
@pass_context
def backup_key(context: Context, out: Path, key_passphrase_file: Path | None) -> None:
    """生成备份密钥 Make a pair of keys for backups.

    私钥文件存在别处，不放在服务器上；公钥交给 backup --encrypt-to Keep the file elsewhere and off the server: the
    public part, which is shown, is what backup --encrypt-to takes.
    """
    refuse_existing(out)
    passphrase = key_passphrase(context, key_passphrase_file, new=True)
    public = make_backup_key(out, passphrase, effects.real().random_bytes, DEFAULT_COST)
    context.answer({"file": str(out), "public": public})
    context.say(f"公钥 public key: {public}")
    context.say(f"私钥已写入，请移到别处保存 private key, to be kept elsewhere: {out}")


def key_passphrase(context: Context, file: Path | None, *, new: bool = False) -> bytes:
    """Read the passphrase of a backup key's file, or ask for it. Raises NoPassphrase."""
    if file is not None:
        return file.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    if not context.may_ask:
        raise NoPassphrase
    text = click.prompt(
        "备份密钥的口令 passphrase of the backup key",
        hide_input=True,
        confirmation_prompt="再输入一次 again" if new else False,
        err=True,
    )
    return str(text).encode()
