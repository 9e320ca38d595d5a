"""The package as it leaves the house: one version, the constraints of the lock file, a wheel that runs by itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service import settings
from service.app import create_app
from service.cli import main
from service.effects import real
from tests.manual import ROOT

PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
VERSION: Final[str] = PROJECT["project"]["version"]
PACKED: Final = ("cardlayout", "docs", "fonts", "keys", "service", "tools")
FILES: Final = (".gitignore", "LICENSE", "README.md", "pyproject.toml", "zensical.toml")
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "built_docs")
PINNED: Final = re.compile(r"^(?P<name>[a-z0-9][\w.-]*)==(?P<version>\S+)(?P<marker>[^\\\n]*)", re.MULTILINE)


def pins(name: str) -> list[tuple[str, str, str]]:
    """Return package, version and marker of every line of a lock file."""
    return [(one["name"], one["version"], one["marker"].strip()) for one in PINNED.finditer(text(name))]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_one_version_is_told_everywhere(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["--version"]).output
    described = create_app(settings.load({}, tmp_path), real()).openapi_schema.info.version
    released = re.findall(r"^## (\d\S*) — \d{4}-\d\d-\d\d$", text("CHANGELOG.md"), re.MULTILINE)
    assert version("zhengka") == VERSION, "the environment is of an earlier version: make .venv/.dev"
    assert (told, described, released[0]) == (f"zhengka {VERSION}\n", VERSION, VERSION)


def test_the_constraints_are_the_versions_of_the_lock() -> None:
    assert pins("constraints.txt") == pins("requirements.lock"), "make lock"


def test_every_need_of_the_package_is_constrained_to_what_it_asks_for() -> None:
    allowed = {name: number for name, number, _ in pins("constraints.txt")}
    for need in map(Requirement, PROJECT["project"]["dependencies"]):
        assert need.specifier.contains(allowed[canonicalize_name(need.name)]), need


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what is packed: other tests read the manual of this checkout meanwhile."""
    return built_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))


def built_wheel(source: Path, out: Path, *, umask: int = 0o022, **environment: str) -> Path:
    for folder in PACKED:
        shutil.copytree(ROOT / folder, source / folder, ignore=LEFT_OUT)
    for file in FILES:
        shutil.copy2(ROOT / file, source / file)
    for path in source.rglob("*"):
        path.chmod(path.stat().st_mode & ~umask)
    code = f"import build_backend; print(build_backend.build_wheel({str(out)!r}))"
    command = [sys.executable, "-c", code]
    environ = os.environ | environment | {"PYTHONPATH": str(source / "tools")}
    built = subprocess.run(command, cwd=source, env=environ, umask=umask, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_a_wheel_holds_the_manual_and_no_other_packages(wheel: Path) -> None:
    assert wheel.name == f"zhengka-{VERSION}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    pages = {path.with_suffix(".html").relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/*/*.md")}
    assert {f"service/pages/built_docs/{page}" for page in pages} <= set(names)
    assert {name.partition("/")[0] for name in names} == {
        "service",
        "cardlayout",
        "keys",
        "fonts",
        f"zhengka-{VERSION}.dist-info",
    }


@pytest.mark.slow
def test_an_installed_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Its dependencies are those of this run, for there is no network: `.ci/run` installs them by the constraints."""
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    python, zhengka = environment / "bin" / "python", environment / "bin" / "zhengka"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    environ = {"PATH": os.defpath, "HOME": str(tmp_path), "ZHENGKA_DATA": str(tmp_path / "data")}

    def run(*command: object) -> str:
        return subprocess.run(
            list(map(str, command)), cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
        ).stdout

    run(*pip)
    own = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A path file within that folder is not read: the checkout, which is installed there by one, stays out of sight.
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    assert str(own) in run(python, "-c", "import service; print(service.__file__)")
    assert run(zhengka, "--version") == f"zhengka {VERSION}\n"
    run(zhengka, "init", "--host", "zk.example.gov.cn", "--contact", "023-00000000")
    run(zhengka, "calibrate", "--out", tmp_path / "calibration.pdf")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [zhengka, "serve", "--port", str(port)], cwd=tmp_path, env=environ, text=True, stderr=subprocess.PIPE
    )
    with server:
        try:
            assert server.stderr is not None
            assert any("Uvicorn running on" in line for line in server.stderr)
            address = f"http://127.0.0.1:{port}"
            assert httpx.get(f"{address}/docs", follow_redirects=True).url.path == "/docs/index.html"
            assert httpx.get(f"{address}/docs/zh/office.html").status_code == 200
            assert httpx.get(f"{address}/readyz").json()["status"] == "ready"
        finally:
            server.kill()


@pytest.mark.slow
def test_the_same_sources_give_the_same_wheel_wherever_and_whenever_it_is_built(wheel: Path, tmp_path: Path) -> None:
    source = tmp_path / "elsewhere" / "deeper"
    again = built_wheel(source, tmp_path, TZ="America/Lima", umask=0o077)
    one, other = (zipfile.ZipFile(path) for path in (wheel, again))
    differ = [name for name in one.namelist() if name not in other.namelist() or one.read(name) != other.read(name)]
    assert differ == []
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.slow
def test_the_bill_of_materials_names_each_locked_package_with_its_hashes(tmp_path: Path) -> None:
    recipe = re.search(r"^\t@\$\(BIN\)/(cyclonedx-py .*) -o dist/(\S+) (\S+)$", text("Makefile"), re.MULTILINE)
    assert recipe is not None
    tool, *words = recipe[1].split()
    made = tmp_path / recipe[2]
    command = [Path(sys.executable).with_name(tool), *words, "-o", made, recipe[3]]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    bill = json.loads(made.read_bytes())
    assert not {"serialNumber", "timestamp"} & {*bill, *bill["metadata"]}, "the same bytes each time"
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "zhengka")
    named = {(canonicalize_name(one["name"]), one["version"]) for one in bill["components"]}
    assert named == {(name, number) for name, number, _ in pins("requirements.lock")}
    assert all(
        any(reference["hashes"] for reference in one["externalReferences"] if "hashes" in reference)
        for one in bill["components"]
    )
