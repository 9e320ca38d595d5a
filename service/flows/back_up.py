"""Back the register up into one file of one moment."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from service.flows.backup_file import FORMAT, KEPT, MANIFEST, Manifest, table_entry
from service.flows.errors import Refused
from service.flows.register import DOCUMENTS_FOLDER, VAULT_FILE, Register
from service.store import dump, journal

Progress = Callable[[int, int], None]


def back_up(register: Register, out: Path, progress: Progress | None = None) -> Manifest:
    """Write a backup of one moment; the file appears whole or not at all. Raises Refused where one stands already."""
    if out.exists():
        raise Refused("file-exists", f"{out} 已存在，不会覆盖", f"{out} exists and is not overwritten")
    scratch = out.with_name(out.name + ".part")
    kept = sorted(
        (name, path)
        for folder in (register.photos, register.folder / DOCUMENTS_FOLDER)
        for path in folder.rglob("*")
        if KEPT.fullmatch(name := path.relative_to(register.folder).as_posix())
    )
    with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        rows: dict[str, int] = {}
        with register.database.read() as connection:
            head = journal.head(connection)
            for table in dump.TABLES:
                with archive.open(table_entry(table.name), "w", force_zip64=True) as file:
                    rows[table.name] = 0
                    for line in dump.dump(connection, table):
                        file.write(line + b"\n")
                        rows[table.name] += 1
        for done, (name, path) in enumerate(kept, 1):
            archive.write(path, name, zipfile.ZIP_STORED)
            if progress is not None:
                progress(done, len(kept))
        archive.write(register.folder / VAULT_FILE, VAULT_FILE)
        manifest = Manifest(FORMAT, register.effects.now().replace(microsecond=0), head.size, head.root.hex(), rows)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    scratch.chmod(0o600)
    scratch.replace(out)
    return manifest
