"""The site: every page is in it and can be reached, the reference is complete, and links of inserted pages are right where they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fewrec

from .conftest import ROOT, load

DOCS = ROOT / "docs"
site_pages = load(DOCS / "site_pages.py")
snippets = load(DOCS / "snippets.py")
TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TRANSLATED = sorted(path.relative_to(DOCS / "zh").as_posix() for path in (DOCS / "zh").rglob("*.md"))
BOTH = [name for name in TRANSLATED if name not in {"index.md", "start.md"}]


def entries(docname: str) -> set[str]:
    """The pages that the tables of contents of a page name, globs resolved."""
    folder = (DOCS / docname).parent
    found = set()
    for block in TOCTREE.findall(site_pages.source(docname, (DOCS / f"{docname}.md").read_text(encoding="utf-8"))):
        for line in block.splitlines():
            entry = re.sub(r".*<(.*)>", r"\1", line.strip())
            if entry and not entry.startswith(":"):
                found |= {path.relative_to(DOCS).with_suffix("").as_posix() for path in folder.glob(f"{entry}.md")}
    return found


def test_every_page_can_be_reached_through_tables_of_contents() -> None:
    reached, waiting = {"index"}, ["index"]
    while waiting:
        for page in entries(waiting.pop()) - reached:
            reached.add(page)
            waiting.append(page)
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    assert pages - reached == {"README"}, "README.md is included by index.md"


def test_every_guide_and_concept_is_in_the_index_for_readers_of_the_repository() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).as_posix() for folder in ("guide", "concepts") for path in (DOCS / folder).glob("*.md")]
    assert [page for page in pages if f"({page})" not in index] == []


def test_landing_pages_lead_to_each_other() -> None:
    assert "(zh/index.md)" in (DOCS / "README.md").read_text(encoding="utf-8")
    assert "(../index.md)" in (DOCS / "zh" / "index.md").read_text(encoding="utf-8")
    assert site_pages.counterpart("guide/your-data") == "zh/guide/your-data"
    assert site_pages.counterpart("zh/guide/your-data") == "guide/your-data"
    assert site_pages.counterpart("cli") == "zh/index"


def test_translations_exist_for_pages_that_exist() -> None:
    assert [name for name in TRANSLATED if not (DOCS / name).is_file()] == []


@pytest.mark.parametrize("name", BOTH)
def test_translations_have_the_same_sections_and_commands(name: str) -> None:
    english, chinese = ((folder / name).read_text(encoding="utf-8") for folder in (DOCS, DOCS / "zh"))
    levels = [
        re.findall(r"^(#+) ", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
        for text in (english, chinese)
    ]
    assert levels[0] == levels[1]
    code = [
        [(s.block.lang, s.block.code, s.output and s.output.code) for s in snippets.snippets(text)]
        for text in (english, chinese)
    ]
    assert code[0] == code[1]


def test_the_reference_has_a_page_for_everything_public() -> None:
    pages = site_pages.api_pages()
    for name in (
        "fewrec",
        "fewrec.types",
        "fewrec.errors",
        "fewrec.testing",
        "fewrec.evaluation",
        "fewrec.data",
        "fewrec.text",
    ):
        assert name in pages
    for name in fewrec.__all__:
        assert name.startswith("_") or f":: fewrec.{name}\n" in pages["fewrec"]


def test_a_name_that_two_modules_export_is_documented_once() -> None:
    page = site_pages.api_pages()["fewrec.ranking"]
    assert re.search(r":exclude-members: .*\bFilters\b", page)
    assert ":py:obj:`fewrec.Filters`" in page


def test_links_of_an_inserted_page_are_right_where_it_stands() -> None:
    markdown = "[a](docs/cli.md#x) [b](examples/article.py) [c](https://e.org/) [d](LICENSE) [e](docs/decisions/) ![f](docs/images/list.svg) [g](CONTRIBUTING.md)"
    moved = site_pages.relinked(markdown, ROOT, DOCS / "zh")
    assert moved == (
        "[a](../cli.md#x) [b](../../examples/article.py) [c](https://e.org/) [d](../../LICENSE) [e](../decisions/README.md) "
        "![f](../images/list.svg) [g](path:../../CONTRIBUTING.md)"
    )
    assert site_pages.relinked("[x](README.zh-CN.md)", ROOT, DOCS) == "[x](zh/start.md)"


def test_the_api_pages_are_not_in_the_repository() -> None:
    assert "/docs/api/*.rst" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_pages_of_the_site_show_the_readmes(tmp_path: Path) -> None:
    assert site_pages.source("start", "# README\n").startswith("# fewrec\n")
    assert "[中文说明](zh/start.md)" in site_pages.source("start", "")
    assert "[English](../start.md)" in site_pages.source("zh/start", "")


def test_chinese_lines_are_joined_outside_code() -> None:
    assert (
        site_pages.joined("一行，\n二行\n\n- 甲\n- 乙\n\n```text\n喜欢。\n短语\n```\n")
        == "一行，二行\n\n- 甲\n- 乙\n\n```text\n喜欢。\n短语\n```\n"
    )
