"""The digest of a model's code: the same for the same behaviour, another as soon as anything the model uses changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from fewrec import sources
from fewrec.models.classics import BASELINES
from fewrec.models.classics.ease import Ease, EaseConfig
from fewrec.models.registry import factory_of
from fewrec.sources import PACKAGE, code_version, files_of

NAMES = ("auto", "taste", *BASELINES)


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    return {name: code_version(factory_of(name)) for name in NAMES}


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The digests after an edit of a copy of the package."""

    def digests(file: str, old: str, new: str) -> dict[str, str]:
        copy = tmp_path / "fewrec"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return {name: code_version(factory_of(name), copy) for name in NAMES}

    return digests


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_every_model_has_its_own(before: dict[str, str]) -> None:
    assert len(set(before.values())) == len(NAMES)
    assert all(version.startswith("0.") and "+" in version for version in before.values())


def test_words_do_not_count(before: dict[str, str], edited: Callable[..., dict[str, str]]) -> None:
    assert changed(before, edited("types.py", '"""', '"""Told otherwise. ')) == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "who"),
    [
        ("models/classics/ease.py", "return", "pass; return", {"ease", "auto"}),
        ("models/classics/_factorise.py", "return", "pass; return", {"als", "hybrid", "auto"}),
        ("models/classics/hybrid.py", "return", "pass; return", {"hybrid", "auto"}),
        ("models/classics/item_mean.py", "return", "pass; return", {"item-mean"}),
        ("models/blend/weights.py", "return", "pass; return", {"auto"}),
        ("models/blend/prior.json", "{", "{ ", {"auto"}),
        ("models/taste/similarity.py", "return", "pass; return", {"taste", "auto"}),
        ("models/taste/learning.py", "return", "pass; return", {"taste", "auto"}),
        ("types.py", "return", "pass; return", set(NAMES)),
        ("store/__init__.py", '"""', 'pass\n"""', set()),
    ],
)
def test_a_change_is_for_those_whom_it_concerns(
    before: dict[str, str], edited: Callable[..., dict[str, str]], file: str, old: str, new: str, who: set[str]
) -> None:
    assert changed(before, edited(file, old, new)) == who


def test_settings_count() -> None:
    assert code_version(partial(Ease, EaseConfig(reg=500.0))) != code_version(partial(Ease, EaseConfig(reg=501.0)))
    assert code_version(partial(Ease, EaseConfig(reg=500.0))) == code_version(partial(Ease, EaseConfig(reg=500.0)))
    assert code_version(Ease) != code_version(BASELINES["als"])


def test_what_is_taken_from_a_package_leads_through_it() -> None:
    files = {path.relative_to(PACKAGE).as_posix() for path in files_of(["fewrec.models.registry"])}
    assert {
        "models/registry.py",
        "models/taste/__init__.py",
        "models/taste/gaussian.py",
        "models/classics/als.py",
        "models/blend/ensemble.py",
    } <= files
    assert not any(file.startswith("cli/") for file in files)


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The digest of a package's model after one of its files was written anew, in a process of its own as far as imports go."""
    package = tmp_path / "strangers_code"
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "deep" / "__init__.py").touch()
    (package / "helpers.py").write_text("x = 1\n", encoding="utf-8")
    model = "class Mine:\n    def score(self):\n        return 1\n"
    (package / "deep" / "model.py").write_text(model, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def digest(helpers: str) -> str:
        (package / "helpers.py").write_text(helpers, encoding="utf-8")
        sources._without_words.cache_clear()
        return code_version(import_module("strangers_code.deep.model").Mine)

    return digest


def test_code_of_others_is_digested_with_its_package(stranger: Callable[[str], str]) -> None:
    first = stranger("x = 1\n")
    assert first == stranger("x = 1  # said otherwise\n")
    assert first != stranger("x = 2\n")


def test_code_whose_source_is_gone_is_never_the_same() -> None:
    made: dict[str, type] = {}
    exec("class Typed: pass", {"__name__": "typed_at_a_prompt"}, made)
    assert code_version(made["Typed"]) != code_version(made["Typed"])
