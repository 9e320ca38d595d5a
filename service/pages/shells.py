"""The pages that are the same for everybody: served here, and by any file server (``zhengka publish``)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from service.domain.jurisdiction import Contact
from service.flows.publishing.contact import contact_or_centre
from service.flows.register import Register
from service.pages.assets import shipped
from service.pages.rendering import HTML, NOT_FRAMED, draw, draw_script, policy
from service.web.representations import Represented

CHECK: Final = "/1"
SCAN: Final = "/scan"
WORKER: Final = "/sw.js"
MANIFEST: Final = "/manifest.webmanifest"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
CAMERA: Final = "camera=(self), geolocation=(), microphone=()"
_MODULES: Final = ("verifier/", "app/")
_NOT_PRELOADED: Final = frozenset({"app/old-browser.js", "app/decoder-worker.js", "app/decode.js"})
_ONLY_SCAN: Final = frozenset(
    f"app/{name}.js"
    for name in (
        *("scan", "banners", "camera", "case", "choosing", "decoder", "gate", "idle", "offline", "pictures", "queue"),
        *(
            "reporting",
            "reportphoto",
            "reportqueue",
            "reportstore",
            "screen",
            "settings",
            "signals",
            "standing",
            "updating",
            "ways",
            "wedge",
        ),
        *(f"rollcall{part}" for part in ("", "panel", "people", "queue", "store", "view")),
    )
) | frozenset(f"verifier/assessment{name}.js" for name in ("", "assessors", "model", "people", "supervisors"))


@dataclass(frozen=True)
class StaticFile(Represented):
    """What is served at an address whoever asks; ``headers`` are all but Content-Type and what every answer carries."""

    path: str
    headers: dict[str, str]


def static_files(register: Register) -> Iterator[StaticFile]:
    """Yield every page, script, style and picture that needs no service behind it."""
    yield from _pages(register, contact_or_centre(register))
    for asset in shipped().files.values():
        headers = {"Cache-Control": FOR_GOOD, "Content-Security-Policy": policy(runs_wasm=True) + NOT_FRAMED}
        yield StaticFile(asset.body, asset.media_type, shipped().url(asset.name), headers)


def shell(register: Register, path: str) -> StaticFile:
    """Return the page, worker or manifest at a path."""
    return next(file for file in _pages(register, contact_or_centre(register)) if file.path == path)


@lru_cache(maxsize=4)
def _pages(register: Register, contact: Contact) -> tuple[StaticFile, ...]:
    """Draw the pages; the contact stands in them, and a new one makes a new version of what devices keep."""
    assets = shipped()
    version = f"{assets.version}-{hashlib.sha256(msgspec.json.encode(contact)).hexdigest()[:8]}"
    return (
        _page(register, version, CHECK, "check.html", {}),
        _page(register, version, SCAN, "scan.html", {"Permissions-Policy": CAMERA}, runs_wasm=True),
        StaticFile(
            draw_script("sw.js", version=version, shell=_offline()).encode(),
            "text/javascript; charset=utf-8",
            WORKER,
            {"Cache-Control": ASK_AGAIN, "Content-Security-Policy": policy() + NOT_FRAMED},
        ),
        StaticFile(_manifest(), "application/manifest+json", MANIFEST, {"Cache-Control": ASK_AGAIN}),
    )


def _page(
    register: Register, version: str, path: str, template: str, headers: dict[str, str], *, runs_wasm: bool = False
) -> StaticFile:
    own = policy(runs_wasm=runs_wasm)
    skipped = _NOT_PRELOADED if path == SCAN else _NOT_PRELOADED | _ONLY_SCAN
    modules = [
        name
        for name in shipped().files
        if name.startswith(_MODULES) and name.endswith(".js") and name not in skipped
        if path != SCAN or name != "app/check.js"
    ]
    body = draw(register, template, "zh", policy=own, modules=modules, version=version)
    carried = {"Cache-Control": ASK_AGAIN, "Content-Security-Policy": own + NOT_FRAMED}
    return StaticFile(body.encode(), HTML, path, carried | headers)


def _offline() -> list[str]:
    """List what the worker keeps on the device: the two pages and every asset but licences and the office's style."""
    assets = shipped()
    kept = [assets.url(name) for name in assets.files if not name.endswith(("LICENSE", "office.css"))]
    return [CHECK, SCAN, MANIFEST, *kept]


def _manifest() -> bytes:
    assets = shipped()
    icons = [
        {
            "src": assets.url(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return msgspec.json.encode(
        {
            "name": "证卡查验",
            "short_name": "证卡查验",
            "lang": "zh-CN",
            "id": SCAN,
            "start_url": SCAN,
            "scope": "/",
            "display": "standalone",
            "background_color": "#101820",
            "theme_color": "#101820",
            "icons": icons,
        }
    )
