"""The three engines in one shape: a tab that opens an address, and runs a script in the page."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

from playwright.sync_api import Error
from selenium.common.exceptions import NoSuchFrameException
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import ReadTimeoutError
from websocket import WebSocket, create_connection

from tests import needs
from tests.browser.chromium import arguments, browsing, program

PATIENCE_S: Final = 120
_STEP_S: Final = 0.03
_ANSWERS_S: Final = 20
"""What WebKitWebDriver takes at most to say whether a script has ended; in vain where the page goes just then."""
_LISTENS: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_PREFS: Final = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.download.folderList": 2,  # the folder that is named
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "zh-CN",
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "network.captive-portal-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
_MINI_BROWSERS: Final = ("webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0")
# A script is the body of an async function; what it returns comes back. `until` waits for something to be true, for
# as long as a busy machine may need; all of a script takes less than PATIENCE_S. What is not there yet, as while a page
# loads, is waited for too.
_WRAPPED: Final = """const done = arguments[arguments.length - 1]
const until = async (test, patience = 60000) => {
  let why = ''
  for (const start = Date.now(); Date.now() - start < patience;) {
    try {
      const found = test()
      if (found) return found
    } catch (error) {
      why = ` (${error})`
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`in vain: ${test}${why} on ${document.body?.innerText.slice(0, 400)}`)
}
const work = async (given, more) => { %s }
work(...Array.from(arguments).slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error) }))
"""


class Gone(Exception):
    """The page in which a script ran was left."""


def _chooses_none(selector: str, files: Sequence[Path]) -> None:
    raise AssertionError(f"{selector}: files are chosen in Firefox only, not {len(files)} here")


@dataclass(frozen=True)
class Tab:
    """One tab of one engine. ``go`` waits until the page has loaded.

    ``signs_in``: WebKit keeps no Secure cookie of an address without TLS, this machine's own one included. ``choose``
    fills a file field, by selector; ``downloads`` is where files go that were saved. Firefox only.
    """

    engine: str
    go: Callable[[str], object]
    call: Callable[[str, list[Any]], Any]
    signs_in: bool
    choose: Callable[[str, Sequence[Path]], object] = field(repr=False, default=_chooses_none)
    downloads: Path | None = None

    def run(self, body: str, *given: object) -> Any:  # noqa: ANN401 - any JSON value
        """Run the body of an async function, where what is given is ``given`` and ``more``; return what it returns."""
        while True:
            with contextlib.suppress(
                Gone
            ):  # the page went while it waited, as it was told to before: so wait on the next
                answer: dict[str, Any] = self.call(_WRAPPED.replace("%s", body), list(given))
                assert "error" not in answer, f"{self.engine}: {answer['error']}"
                return answer.get("value")

    def leave(self, body: str, *given: object) -> None:
        """Run what makes the page go: the answer may go with it."""
        with contextlib.suppress(Gone):
            self.call(_WRAPPED.replace("%s", body), list(given))


@contextmanager
def chromium() -> Generator[Tab]:
    """Open a tab of Chromium."""
    program()
    with browsing() as playwright:
        camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        browser = playwright.chromium.launch(executable_path=program(), args=[*arguments(), *camera])
        page = browser.new_page(locale="zh-CN")

        def call(script: str, given: list[Any]) -> Any:  # noqa: ANN401 - any JSON value
            wrapped = f"(given) => new Promise((done) => (function () {{ {script} }})(...given, done))"
            try:
                return page.evaluate(wrapped, given)
            except Error as error:
                if "context was destroyed" in error.message:
                    raise Gone from error
                raise

        yield Tab("chromium", page.goto, call, signs_in=True)
        browser.close()


@contextmanager
def firefox() -> Generator[Tab]:
    """Open a tab of Firefox, spoken to by WebDriver BiDi: what its own remote agent understands."""
    found = needs.tool("firefox-esr", apt="firefox-esr")
    with TemporaryDirectory() as profile:
        downloads = Path(profile) / "downloads"
        downloads.mkdir()
        given = {**_PREFS, "browser.download.dir": str(downloads)}
        prefs = "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in given.items())
        (Path(profile) / "user.js").write_text(prefs)
        command = [str(found), "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
            try:
                assert running.stderr is not None
                listening = (_LISTENS.search(line) for line in running.stderr)
                address = next(match[1] for match in listening if match)
                Thread(target=running.stderr.read, daemon=True).start()  # or it would block on what nobody reads
                with contextlib.closing(
                    create_connection(f"{address}/session", PATIENCE_S, suppress_origin=True)
                ) as wire:
                    yield _firefox_tab(wire, downloads)
            finally:
                running.terminate()


def _firefox_tab(wire: WebSocket, downloads: Path) -> Tab:
    numbers = count(1)

    def command(method: str, **params: object) -> dict[str, Any]:
        number = next(numbers)
        wire.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(wire.recv())).get("id") != number:
            pass  # an event, which nobody subscribed to
        assert answer["type"] == "success", answer
        result: dict[str, Any] = answer["result"]
        return result

    command("session.new", capabilities={})
    context = command("browsingContext.getTree")["contexts"][0]["context"]

    def call(script: str, given: list[Any]) -> Any:  # noqa: ANN401 - any JSON value
        told = command(
            "script.callFunction",
            functionDeclaration=f"""(given) => new Promise((done) => (function () {{ {script} }})(
              ...JSON.parse(given), (answer) => done(JSON.stringify(answer))))""",
            arguments=[{"type": "string", "value": json.dumps(given)}],
            awaitPromise=True,
            target={"context": context},
        )
        assert told["type"] == "success", told
        return json.loads(told["result"]["value"])

    def go(address: str) -> None:
        command("browsingContext.navigate", context=context, url=address, wait="complete")

    def choose(selector: str, files: Sequence[Path]) -> None:
        found = command("browsingContext.locateNodes", context=context, locator={"type": "css", "value": selector})
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        command("input.setFiles", context=context, element=element, files=[str(file) for file in files])

    return Tab("firefox", go, call, signs_in=True, choose=choose, downloads=downloads)


@contextmanager
def webkit() -> Generator[Tab]:
    """Open a tab of WebKit, on a screen of its own: it has no mode without one."""
    found = needs.tool("WebKitWebDriver", apt="webkit2gtk-driver")
    browsers = [path for name in _MINI_BROWSERS for path in Path("/usr/lib").glob(f"*/{name}/MiniBrowser")]
    if not browsers:
        needs.missing("MiniBrowser", install="apt-get install webkit2gtk-driver")
    with _screen() as display:
        options = WebKitGTKOptions()
        options.binary_location = str(browsers[0])
        options.add_argument("--automation")
        env = {**os.environ, "DISPLAY": display, "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # selenium's own, of a call between its own parts
            driver = WebKitGTK(options=options, service=Service(str(found), env=env))
        driver.command_executor.client_config.timeout = PATIENCE_S
        try:
            yield Tab("webkit", driver.get, partial(_webkit_call, driver, count(1)), signs_in=False)
        finally:
            driver.quit()


def _webkit_call(driver: WebKitGTK, numbers: Iterator[int], script: str, given: list[Any]) -> Any:  # noqa: ANN401
    """Start the script, then ask for its answer again and again.

    WebKitWebDriver never answers an asynchronous script whose page was left while it ran.
    """
    number, patient = next(numbers), driver.command_executor.client_config
    kept = f"window.zhengkaAnswers ??= {{}}; window.zhengkaAnswers[{number}] = null"
    done = f"(answer) => {{ window.zhengkaAnswers[{number}] = answer }}"
    asked = f"return [window.zhengkaAnswers?.[{number}] !== undefined, window.zhengkaAnswers?.[{number}] ?? null]"
    try:
        driver.execute_script(f"{kept}\n;(function () {{ {script} }})(...arguments, {done})", *given)
        patient.timeout = _ANSWERS_S
        for _ in range(int(PATIENCE_S / _STEP_S)):
            is_there, answer = driver.execute_script(asked)
            if not is_there:
                raise Gone
            if answer is not None:
                return answer
            time.sleep(_STEP_S)
    except (NoSuchFrameException, ReadTimeoutError) as error:
        raise Gone from error
    finally:
        patient.timeout = PATIENCE_S
    raise TimeoutError(f"webkit: no answer in {PATIENCE_S} s from {script}")


@contextmanager
def _screen() -> Generator[str]:
    """Start an X server that nobody sees, and name it."""
    found = needs.tool("Xvfb", apt="xvfb")
    reading, writing = os.pipe()
    command = [str(found), "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    try:
        assert number, "Xvfb does not start"
        yield f":{number}"
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)


ENGINES: Final = {"chromium": chromium, "firefox": firefox, "webkit": webkit}
