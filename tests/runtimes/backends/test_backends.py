"""Backends describe themselves, and everything else takes what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from darkcsp.cli.main import cli
from darkcsp.errors import ArgumentError, MissingBackendError
from darkcsp.modelfile.targets import TARGETS
from darkcsp.runtimes import BACKENDS, Backend, engines_of
from darkcsp.runtimes import backends as folder
from darkcsp.runtimes.backends import AUTO, Engine, backend_named, collect, is_installed

ROOT = Path(__file__).resolve().parents[3]


def test_the_file_is_the_registration() -> None:
    files = {path.stem for path in Path(folder.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(BACKENDS) == files
    for name, backend in BACKENDS.items():
        assert backend is __import__(f"{folder.__name__}.{name}", fromlist=["BACKEND"]).BACKEND


def test_every_backend_has_tests_of_its_own() -> None:
    assert {f"test_{name}.py" for name in BACKENDS} <= {path.name for path in Path(__file__).parent.iterdir()}


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=lambda item: item.name)
def test_what_a_backend_says_of_itself_makes_sense(backend: Backend) -> None:
    assert backend.about.startswith(backend.title) and "\n" not in backend.about
    assert backend.open_file or backend.open_network
    assert backend.distributions and backend.name != AUTO
    assert re.fullmatch(r"#[0-9A-F]{6}", backend.colour)
    assert backend.batch is None or backend.batch > 0


def test_nothing_is_said_twice() -> None:
    for facts in ("name", "rank", "colour", "module"):
        found = [getattr(backend, facts) for backend in BACKENDS.values()]
        assert len(set(found)) == len(found), facts
    one = BACKENDS["onnxruntime"]
    for other in (replace(one, name="y"), replace(one, rank=99)):
        with pytest.raises(
            ValueError, match=f"backend '{other.name}' has the name or rank .{other.rank}. of 'onnxruntime'"
        ):
            collect([one, other])


def test_the_most_trusted_come_first() -> None:
    assert [backend.rank for backend in BACKENDS.values()] == sorted(backend.rank for backend in BACKENDS.values())
    worse, better = replace(BACKENDS["torch"], rank=9, name="x"), replace(BACKENDS["torch"], rank=1)
    assert list(collect([worse, better])) == ["torch", "x"]


@pytest.mark.parametrize("name", BACKENDS)
def test_engines(name: str) -> None:
    if not is_installed(name):
        with pytest.raises(MissingBackendError):
            engines_of(name)
        return
    engines = BACKENDS[name].engines()
    assert engines[0].may_be_chosen
    assert engines_of(name) == tuple(engine.name for engine in engines)
    assert len(set(engines_of(name))) == len(engines) and AUTO not in engines_of(name)
    assert BACKENDS[name].version() is not None
    BACKENDS[name].library()


def test_what_auto_may_choose() -> None:
    assert Engine("x").may_be_chosen
    assert not Engine("x", exact=False).may_be_chosen
    assert not Engine("x", quick_to_start=False).may_be_chosen


def test_targets_are_for_backends_that_read_onnx() -> None:
    for name, info in TARGETS.items():
        assert BACKENDS[info.backend].reads_onnx, name


def test_unknown_backends() -> None:
    for call in (backend_named, engines_of, is_installed):
        with pytest.raises(ArgumentError, match="backend='caffe': expected one of auto, onnxruntime, ") as caught:
            call("caffe")
        assert (caught.value.argument, caught.value.value) == ("backend", "caffe")


def test_libraries_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = replace(BACKENDS["openvino"], module="darkcsp_has_no_such_module", distributions=("darkcsp-none",))
    assert not strange.is_installed() and strange.version() is None
    with pytest.raises(MissingBackendError, match=r"the openvino backend needs .*: pip install 'darkcsp\[openvino\]'"):
        strange.library()
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert not is_installed("openvino")


def test_the_command_line_knows_all_of_them() -> None:
    for command in ("run", "bench"):
        text = CliRunner().invoke(cli, [command, "--help"]).output
        assert all(name in text for name in BACKENDS), command
    words = " ".join(CliRunner().invoke(cli, ["run", "--help"]).output.split())
    assert all(backend.about in words for backend in BACKENDS.values())


STRANGER = """
from darkcsp.runtimes.backend import Backend, Engine

def _open(model, engine, threads):
    raise NotImplementedError

BACKEND = Backend(
    name="stranger", title="Stranger", about="Stranger, of no engine", module="json", distributions=("stranger",),
    package="stranger", rank=99, colour="#123456", engines=lambda: (Engine("odd"),), open_file=_open,
)
"""


def test_a_new_backend_is_one_file(tmp_path: Path) -> None:
    """As a stranger would: the file is put into the folder, and the command line, "auto" and benchmarks have it."""
    (tmp_path / "stranger.py").write_text(STRANGER)
    code = f"""
import darkcsp.runtimes  # then the folder of backends with one more file
import sys, importlib.util
spec = importlib.util.find_spec("darkcsp.runtimes.backends")
spec.submodule_search_locations.append({str(tmp_path)!r})
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
from click.testing import CliRunner
from darkcsp.cli.main import cli
from darkcsp.benchmark.contenders import Contender, contenders
from darkcsp.runtimes import BACKENDS, engines_of
assert list(BACKENDS)[-1] == "stranger" and engines_of("stranger") == ("odd",)
assert "Stranger, of no engine" in " ".join(CliRunner().invoke(cli, ["run", "--help"]).output.split())
assert Contender("stranger", "odd") in contenders()
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
