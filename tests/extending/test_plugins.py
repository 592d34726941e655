"""Names of one's own: entry points, ``module:Class``, and what is said when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fewrec import plugins
from fewrec.decoders.registry import DECODERS
from fewrec.encoders.registry import ENCODERS
from fewrec.errors import MissingExtraError, SettingError
from fewrec.models.registry import MODELS, make_model, version_of
from fewrec.plugins import Plugin, Registry

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).parents[2]


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts a distribution with entry points and one module on the path, as an installer leaves it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, entry_points: str, code: str = "") -> None:
        info = tmp_path / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
        (tmp_path / f"{name}_code.py").write_text(code, encoding="utf-8")
        plugins.refresh()

    yield install
    monkeypatch.undo()
    plugins.refresh()


def test_our_own_are_registered_as_others_are() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    for registry in (MODELS, ENCODERS, DECODERS):
        assert declared[registry.group] == {plugin.name: plugin.target for plugin in registry.own.values()}
    assert set(declared) <= set(plugins.GROUPS)


@pytest.mark.parametrize("registry", [MODELS, ENCODERS, DECODERS], ids=lambda registry: registry.kind)
def test_our_own_are_found_and_described(registry: Registry[object]) -> None:
    for plugin in registry.own.values():
        assert callable(plugin.load(registry.kind))
        assert plugin.description
        assert "\n" not in plugin.description


def test_an_unknown_name_says_what_was_meant() -> None:
    with pytest.raises(SettingError, match="there is no model 'tast'") as told:
        make_model("tast")
    assert str(told.value.hint).startswith("did you mean taste")
    assert "ensemble[:a+b]" in str(told.value.hint)


@pytest.mark.parametrize(
    ("name", "told"),
    [("ease:5", "takes no argument"), ("llm", "needs an argument"), ("scorer:", "needs an argument"), ("a b:C", "no model")],
)
def test_arguments_are_checked(name: str, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        make_model(name)


def test_a_missing_extra_names_the_command(distribution: Callable[..., None]) -> None:
    distribution("needy", "", "import a_library_nobody_has\n")
    needy = Registry[object]("fewrec.models", "model", [Plugin("needy", "needy_code:X", "x", extra="llm")])
    with pytest.raises(MissingExtraError) as told:
        needy.make("needy")
    assert str(told.value.hint) == "pip install 'fewrec[llm]'"


CODE = '''
class Fine:
    """A fine thing."""
    def __init__(self, size=3, *, threads=None): self.size, self.threads = size, threads

class Named:
    argument = "FOLDER"
    description = "takes a folder"
    def __init__(self, name): self.name = name

class Demanding:
    """Cannot be made alone."""
    def __init__(self, size): pass
'''


def test_entry_points_of_others(distribution: Callable[..., None]) -> None:
    points = "fine = shop_code:Fine\nnamed = shop_code:Named\ndemanding = shop_code:Demanding\nease = shop_code:Fine\n"
    distribution("shop", f"[fewrec.models]\n{points}", CODE)
    names = dict(MODELS.names())
    assert names["fine"] == "A fine thing. (package shop 1.2)"
    assert names["named:FOLDER"] == "takes a folder (package shop 1.2)"
    assert names["ease"] == MODELS.own["ease"].description  # a name of ours cannot be taken
    assert make_model("ease").name == "ease"
    fine = MODELS.make("fine", threads=2, progress=True)  # an option it has no parameter for is left out
    assert (fine.size, fine.threads) == (3, 2)  # type: ignore[attr-defined]
    assert make_model("named:runs/1").name == "named:runs/1"
    with pytest.raises(SettingError, match="cannot be made by its name: missing a required argument: 'size'"):
        make_model("demanding")
    assert version_of("fine") != version_of("named:runs/1")


@pytest.mark.parametrize(
    ("code", "told"), [("import nowhere_to_be_found", "ModuleNotFoundError"), ("x = 1", "AttributeError"), ("(", "SyntaxError")]
)
def test_a_broken_entry_point_names_its_package(distribution: Callable[..., None], code: str, told: str) -> None:
    module = f"broken{abs(hash(code))}"
    distribution(module, f"[fewrec.models]\nbroken = {module}_code:X\n", code)
    with pytest.raises(SettingError, match=f"package {module} 1.2 cannot be loaded.*{told}") as caught:
        make_model("broken")
    assert f"pip uninstall {module}" in str(caught.value.hint)
    assert any(name == "broken" and module in description for name, description in MODELS.names())  # the list is still given
    make_model("taste")


def test_a_name_claimed_twice_is_nobodys(distribution: Callable[..., None]) -> None:
    distribution("one", "[fewrec.models]\nshared = one_code:Fine\n", CODE)
    distribution("two", "[fewrec.models]\nshared = two_code:Fine\n", CODE)
    with pytest.raises(SettingError, match=r"claimed by one 1\.2 and two 1\.2"):
        make_model("shared")


def test_a_class_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lying_here.py").write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [each for each in __import__("sys").path if each])
    assert MODELS.make("lying_here:Fine").size == 3  # type: ignore[attr-defined]
    with pytest.raises(SettingError, match="AttributeError") as told:
        make_model("lying_here:Absent")
    assert str(tmp_path) in str(told.value.hint)
    with pytest.raises(SettingError, match="ModuleNotFoundError"):
        make_model("lying_elsewhere:Fine")


def test_a_name_from_a_file_imports_only_what_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unasked.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingError, match="code outside fewrec") as told:
        make_model("unasked:Model", trust=())
    assert "FEWREC_TRUST=unasked" in str(told.value.hint)
