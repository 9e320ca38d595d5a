"""The scanner's scripts that need no page, run by node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from tests.js.browser import node

APP: Final = Path(__file__).parents[2] / "service" / "pages" / "assets" / "app"


def run_module(name: str, script: str, given: object = None) -> Any:  # noqa: ANN401 - any JSON value
    """Run a script in which ``app`` is a module of the scanner; what it hands to ``give`` comes back."""
    code = (
        f"const app = await import({json.dumps((APP / name).as_uri())})\n"
        f"const given = {json.dumps(given)}\n"
        f"const give = (value) => console.log(JSON.stringify(value))\n{script}"
    )
    command = [str(node()), "--input-type=module", "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
