"""Assets as they are, under addresses that never change their meaning."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from service.pages.assets import PREFIX, shipped
from service.pages.errors import PAGE_ERRORS
from service.pages.rendering import NOT_FRAMED, policy

FOR_GOOD: Final = "public, max-age=31536000, immutable"


class AssetFiles(Controller):
    """Styles, scripts, words and pictures of the pages."""

    path = PREFIX
    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @get("/{version:str}/{name:path}", sync_to_thread=False)
    def asset(self, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        """Give a file of this version of the program; names are looked up, never opened."""
        assets = shipped()
        found = assets.files.get(str(name).removeprefix("/"))
        if version != assets.version or found is None:
            raise NotFoundException
        # A worker is ruled by the policy its own script comes with: the decoder's runs WebAssembly.
        headers = {"Cache-Control": FOR_GOOD, "Content-Security-Policy": policy(runs_wasm=True) + NOT_FRAMED}
        return Response(found.body, media_type=found.media_type, headers=headers)
