"""Sphinx configuration of the site that ``make docs`` builds. Why Sphinx: ``docs/decisions/0017-docs-site.md``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import site_pages  # noqa: E402

import fewrec  # noqa: E402

project = "fewrec"
author = "The fewrec authors"
copyright = "the fewrec authors, Apache-2.0"  # noqa: A001
version = release = fewrec.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinxcontrib.mermaid"]
root_doc = "index"
exclude_patterns = ["README.md"]  # its text is included by index.md
templates_path = ["_templates"]
nitpicky = False

myst_enable_extensions = ["attrs_inline"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 4  # the benchmarks are linked to by their headings, as on a code host

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_type_aliases = {"Vector": "Vector", "Matrix": "Matrix", "Rows": "Rows"}
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"fewrec {release}"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_copy_source = False
html_show_sourcelink = False


def _insert(app: Any, docname: str, source: list[str]) -> None:
    """Pages that are another file's text, or that need a table of contents which a code host would show as a code block."""
    source[0] = site_pages.source(docname, source[0])


def _language(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """The page in the other language for the sidebar, and the language of this page for browsers and screen readers."""
    context["language"] = "zh-CN" if pagename.startswith("zh/") else "en"
    context["other_language"] = site_pages.counterpart(pagename)


ATTRIBUTES = {"attribute", "data", "property"}
_docstrings: dict[str, list[str]] = {}


def _before_napoleon(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Napoleon takes what precedes a colon in the docstring of an attribute for its type. Ours are annotated, and the text is kept as it is."""
    if what in ATTRIBUTES:
        _docstrings[name] = list(lines)


def _after_napoleon(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    if what in ATTRIBUTES:
        lines[:] = _docstrings.pop(name)


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    site_pages.write_api()
    app.connect("source-read", _insert)
    app.connect("autodoc-process-docstring", _before_napoleon, priority=400)  # Napoleon has 500
    app.connect("autodoc-process-docstring", _after_napoleon, priority=600)
    app.connect("html-page-context", _language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
