"""``python -m tests.bench.bare PORT``: one bare Litestar route, as fast as the framework goes."""

from __future__ import annotations

import sys

import uvicorn
from litestar import Litestar, get


@get("/", sync_to_thread=False)
def hello() -> str:
    """Return a word."""
    return "hello"


if __name__ == "__main__":
    app = Litestar([hello], openapi_config=None, logging_config=None)
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
