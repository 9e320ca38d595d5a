"""The manual at ``/docs``: the built site that comes with the package, as it is."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Final

from litestar import Controller, Response, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from service.pages.assets import manual
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.rendering import NOT_FRAMED, policy
from service.web.refusals import AnyRequest
from service.web.representations import represent

START: Final = "index.html"
_NOT_BUILT: Final = "文档尚未生成，请运行 make docs。The documentation has not been built: run make docs.\n"
_INLINE_SCRIPT: Final = re.compile(rb"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", re.DOTALL)
_FRESH: Final = "no-cache"


def policy_of(page: bytes) -> str:
    """Return the content security policy of a page of the site.

    Its inline scripts run, each named by its hash; its theme sets styles by script, which no hash can name.
    """
    digests = (base64.b64encode(hashlib.sha256(script).digest()) for script in _INLINE_SCRIPT.findall(page))
    allowed = " ".join(("'self'", *(f"'sha256-{digest.decode()}'" for digest in digests)))
    own = policy().replace("script-src 'self'", f"script-src {allowed}")
    return own.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") + NOT_FRAMED


class DocsPages(Controller):
    """The manual in Chinese and English."""

    path = "/docs"
    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route("/", http_method=READ, sync_to_thread=False)
    def start(self) -> Response[Any]:
        """Lead to the first page."""
        if not manual().files:
            return Response(_NOT_BUILT, media_type="text/plain", status_code=404)
        return Redirect(f"/docs/{START}")

    @route("/{name:path}", http_method=READ, sync_to_thread=False)
    def file(self, name: FromPath[str], request: AnyRequest) -> Response[bytes]:
        """Return a file of the site; names are looked up, never opened."""
        found = manual().files.get(str(name).removeprefix("/"))
        if found is None:
            raise NotFoundException
        is_page = found.name.endswith(".html")
        headers = {
            "Cache-Control": _FRESH,
            "Content-Security-Policy": policy_of(found.body) if is_page else policy() + NOT_FRAMED,
        }
        return represent(request, found, headers)
