"""The command itself: languages, help, short lists, pipes and start-up."""

from __future__ import annotations

import os
import string
import subprocess
import sys

import pytest
from cli_runs import fewrec

from fewrec import __version__
from fewrec.cli.arguments import spread
from fewrec.cli.messages import MESSAGES, locale_language


def run(*argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fewrec.cli import main; main()", *argv]
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", env={**os.environ, **environment})


def test_messages_say_the_same_in_both_languages() -> None:
    for key, texts in MESSAGES.items():
        english, chinese = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts)
        assert english == chinese, key
        assert all(texts), key


@pytest.mark.parametrize(
    ("variables", "lang"),
    [({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"), ({"LC_MESSAGES": "zh_TW"}, "zh")],
)
def test_language_of_the_locale(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], lang: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert locale_language() == lang


def test_language_by_option(fitted: str) -> None:
    for argv in (("--lang", "zh", "recommend", fitted), ("recommend", fitted, "--lang", "zh")):
        assert "得分" in fewrec(*argv, "--explain").out
    assert "score" in fewrec("--lang", "zh", "recommend", fitted, "--lang", "en").out
    assert "注意：没有用户" in fewrec("recommend", fitted, "--user", "nobody", "--lang", "zh").err


def test_lists_the_short_way() -> None:
    assert spread(["recommend", "S", "--like", "a", "b", "-k", "3", "--say", "x y", "z"]) == (
        ["recommend", "S", "--like", "a", "--like", "b", "-k", "3", "--say", "x y", "--say", "z"]
    )
    assert spread(["--lang", "zh", "ask", "S", "--like=a", "b", "--json"]) == (
        ["--lang", "zh", "ask", "S", "--like=a", "--like", "b", "--json"]
    )
    assert spread(["recommend", "--like", "a", "S"]) == ["recommend", "--like", "a", "S"]
    assert spread(["recommend", "--json", "S", "--like", "--", "--", "b"]) == (
        ["recommend", "--json", "S", "--like", "--", "--", "b"]
    )


def test_help_and_version() -> None:
    shown = fewrec("--help")
    assert shown.code == 0
    for command in (
        "demo",
        "ingest",
        "fit",
        "recommend",
        "profile",
        "describe",
        "similar",
        "audience",
        "ask",
        "evaluate",
        "forget",
    ):
        assert f"\n  {command} " in shown.out
        assert fewrec(command, "--help").code == 0
    assert fewrec("--version").out == f"fewrec {__version__}\n"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom fewrec.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'polars', 'scipy', 'torch'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert found.stdout.splitlines()[-1] == "[]"


def test_json_is_pure_and_utf_8_whatever_the_locale(fitted: str) -> None:
    found = run("recommend", fitted, "--user", "nobody", "--json", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert found.returncode == 0
    assert found.stdout.startswith("{")
    assert found.stdout.endswith("}\n")
    assert "nobody" in found.stderr


def test_a_closed_pipe_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", "from fewrec.cli import main; main()", "models"]
    with os.fdopen(writer, "w") as closed:
        found = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, check=False, encoding="utf-8")
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
