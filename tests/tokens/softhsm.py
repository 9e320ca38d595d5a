"""Tokens of SoftHSM, which lie in a folder: one is pulled by moving its folder away."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keys.token_address import AnyToken, TokenAddress, parse_token_address, token_at
from tests import needs

LIBRARY: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
CONFIGURATION: Final = "SOFTHSM2_CONF"
PIN: Final = "493817"


def configure(folder: Path) -> dict[str, str]:
    """Return the environment in which tokens lie in a folder."""
    needs.tool("softhsm2-util", apt="softhsm2")
    (folder / "tokens").mkdir()
    file = folder / "softhsm2.conf"
    file.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    return {CONFIGURATION: str(file)}


@dataclass(frozen=True, slots=True)
class Stick:
    """A token, to be plugged in and pulled."""

    folder: Path
    label: str

    @property
    def uri(self) -> str:
        return f"pkcs11:token={self.label}?module-path={LIBRARY}"

    @property
    def address(self) -> TokenAddress:
        return parse_token_address(self.uri)

    def token(self, pin: str = PIN) -> AnyToken:
        return token_at(self.address, pin.encode)

    @contextmanager
    def pulled(self) -> Generator[None]:
        away = self.folder.with_name(f"away-{self.folder.name}")
        away = self.folder.parents[1] / away.name
        self.folder.rename(away)
        try:
            yield
        finally:
            away.rename(self.folder)


def make_stick(folder: Path, label: str) -> Stick:
    """Initialise a token, as its owner does."""
    before = set((folder / "tokens").iterdir())
    run("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "11111111")
    (made,) = set((folder / "tokens").iterdir()) - before
    return Stick(made, label)


def run(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, env=os.environ)


Sticks = Callable[[], Stick]


def sticks_in(folder: Path) -> Sticks:
    """Return what makes one token after the other."""
    labels = map("stick {}".format, range(1000))
    return lambda: make_stick(folder, next(labels).replace(" ", "-"))
