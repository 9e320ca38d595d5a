"""``python -m tests.bench.service PORT``: the service, as ``zhengka serve`` runs it."""

from __future__ import annotations

import os
import sys

from service.app import serve
from service.settings import load

if __name__ == "__main__":
    serve(load(os.environ), "127.0.0.1", int(sys.argv[1]))
