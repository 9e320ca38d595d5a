"""Pages and assets that are the same for everybody, as they are."""

from __future__ import annotations

from litestar import Controller, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, SkipValidation

from service.flows.register import Register
from service.pages.assets import PREFIX, shipped
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.rendering import NOT_FRAMED, policy
from service.pages.shells import CHECK, FOR_GOOD, MANIFEST, SCAN, WORKER, shell
from service.web.refusals import AnyRequest
from service.web.representations import represent


class Shells(Controller):
    """The pages behind the code and of the scanner, its worker and its manifest."""

    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route([CHECK, SCAN, WORKER, MANIFEST], http_method=READ, sync_to_thread=False)
    def give(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[bytes]:
        """Return what a file server would give."""
        file = shell(register, request.url.path)
        return represent(request, file, file.headers)


class AssetFiles(Controller):
    """Styles, scripts, words and pictures of the pages."""

    path = PREFIX
    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route("/{version:str}/{name:path}", http_method=READ, sync_to_thread=False)
    def asset(self, version: FromPath[str], name: FromPath[str], request: AnyRequest) -> Response[bytes]:
        """Return a file of this version of the program; names are looked up, never opened."""
        assets = shipped()
        found = assets.files.get(str(name).removeprefix("/"))
        if version != assets.version or found is None:
            raise NotFoundException
        # A worker is ruled by the policy its own script comes with: the decoder's runs WebAssembly.
        headers = {"Cache-Control": FOR_GOOD, "Content-Security-Policy": policy(runs_wasm=True) + NOT_FRAMED}
        return represent(request, found, headers)
