"""What is written twice agrees: two READMEs, help and its page, links and files, decisions and their index."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import ROOT, load

snippets = load(ROOT / "docs" / "snippets.py")
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
DOCUMENTS = [ENGLISH, CHINESE, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SIGNS = {"喜欢": "like", "不喜欢": "dislike"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")


def headings(text: str) -> list[int]:
    """Levels of the headings, in order."""
    return [len(found) for found in re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE)]


def targets(text: str) -> list[str]:
    """Where links lead, but for those to the other language; the Chinese README has its own picture, and Chinese pages besides."""
    links = [link.replace("-zh.svg", ".svg") for link in LINK.findall(FENCED.sub("", text))]
    return [link for link in links if not link.startswith(("README", "docs/zh/"))]


def test_the_readmes_have_the_same_sections_code_and_links() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in (ENGLISH, CHINESE))
    assert headings(english) == headings(chinese)
    assert [(b.lang, b.code) for b in snippets.blocks(english)] == [(b.lang, b.code) for b in snippets.blocks(chinese)]
    assert targets(english) == targets(chinese)
    for sign in ("- ", "| "):
        n_english, n_chinese = (sum(line.startswith(sign) for line in text.splitlines()) for text in (english, chinese))
        assert n_english == n_chinese


@pytest.mark.parametrize("path", [ENGLISH, CHINESE], ids=lambda path: path.name)
def test_the_first_screen_shows_a_snippet_and_its_output(path: Path) -> None:
    first_screen = path.read_text(encoding="utf-8").splitlines()[:40]
    assert "```python" in first_screen
    assert "```text" in first_screen


def test_the_help_page_is_what_the_program_prints(make_cli: ModuleType) -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == make_cli.page(), "run make docs"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(path: Path) -> None:
    links = [link for link in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("folder", ["docs", "docs/zh"])
def test_every_kind_of_event_is_in_the_guide(folder: str) -> None:
    from fewrec.data import DEFAULT_SIGNALS

    guide = (ROOT / folder / "guide" / "your-data.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z_`, ]+) \| ([^|]+) \| ([\d.]+) \|", guide, re.MULTILINE)
    told = {
        kind: (SIGNS.get(sign.strip(), sign.strip()), float(weight))
        for kinds, sign, weight in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    known = {kind: ("like" if s.sign > 0 else "dislike", s.weight) for kind, s in DEFAULT_SIGNALS.items() if kind != "rating"}
    assert told == known


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for path in sorted(folder.glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}]({path.name})" in index
