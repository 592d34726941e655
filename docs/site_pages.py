"""What the site has beyond the Markdown in this folder: the READMEs as pages, nested tables of contents, and the API reference."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from pathlib import Path, PurePosixPath
from types import ModuleType

import fewrec

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
API = HERE / "api"

# Pages that show a file from outside this folder.
INSERTED = {"start": ROOT / "README.md", "zh/start": ROOT / "README.zh-CN.md"}
# Indexes that are plain lists on a code host and the parents of their pages on the site.
NESTED = {"decisions/README": "0*"}
# Documentation files of the repository and the pages that show them.
SHOWN_AS = {"README.md": "docs/start.md", "README.zh-CN.md": "docs/zh/start.md", "docs/README.md": "docs/index.md"}
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s#]+)(#[^)]*)?\)")
FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
BREAK = re.compile(r"(?<=[\u2026\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")
IMAGE = re.compile(r'(<img\b[^>]*\bsrc=")([^"]+)')
# Command line internals are documented by cli.md; the sample is data.
NO_REFERENCE = {"cli", "sample"}
# Modules of a wing that hold what others implement or ask for by name: public throughout.
PROTOCOLS = {"base", "registry"}


def source(docname: str, text: str) -> str:
    """The Markdown of a page as Sphinx reads it."""
    if docname in INSERTED:
        path = INSERTED[docname]
        text = relinked(path.read_text(encoding="utf-8"), path.parent, HERE / Path(docname).parent)
    if docname.startswith("zh/"):
        text = joined(text)
    if docname in NESTED:
        return f"{text}\n```{{toctree}}\n:hidden:\n:glob:\n\n{NESTED[docname]}\n```\n"
    return text


def joined(markdown: str) -> str:
    """Chinese paragraphs without their line breaks, which a browser would show as spaces; code blocks stay."""
    parts = FENCED.split(markdown)
    return "".join(part if place % 2 else BREAK.sub("", part) for place, part in enumerate(parts))


def relinked(markdown: str, before: Path, after: Path) -> str:
    """Markdown whose relative links, written for the folder ``before``, are right in the folder ``after``."""

    def moved(link: str) -> str:
        if "://" in link or link.startswith("mailto:"):
            return link
        target = (before / link).resolve()
        if target.is_dir() and (target / "README.md").is_file():
            target /= "README.md"
        target = ROOT / SHOWN_AS.get(target.relative_to(ROOT).as_posix(), target.relative_to(ROOT))
        relative = PurePosixPath(os.path.relpath(target, after)).as_posix()
        # Markdown that is no page of the site can only be downloaded.
        return f"path:{relative}" if target.suffix == ".md" and not target.is_relative_to(HERE) else relative

    text = LINK.sub(lambda m: f"{m[1]}{moved(m[2])}{m[3] or ''})", markdown)
    return IMAGE.sub(lambda m: m[1] + moved(m[2]), text)


def counterpart(pagename: str) -> str:
    """The page in the other language; its landing page where this one is not translated."""
    other = pagename.removeprefix("zh/") if pagename.startswith("zh/") else f"zh/{pagename}"
    if (HERE / f"{other}.md").is_file():
        return other
    return "index" if pagename.startswith("zh/") else "zh/index"


def public_modules() -> list[str]:
    """``fewrec``'s own modules and packages that say in ``__all__`` what is public, and ``types`` and ``errors``, public throughout."""
    found = []
    for each in pkgutil.iter_modules(fewrec.__path__):
        if each.name.startswith("_") or each.name in NO_REFERENCE:
            continue
        module = importlib.import_module(f"fewrec.{each.name}")
        if hasattr(module, "__all__") or each.name in {"types", "errors"}:
            found.append(module.__name__)
        elif each.ispkg:  # a wing without a front of its own: its parts
            found += _below(module)
    return sorted(set(found))


def _below(package: ModuleType) -> list[str]:
    names = [each.name for each in pkgutil.iter_modules(package.__path__) if not each.name.startswith("_")]
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
    return [module.__name__ for name, module in modules.items() if getattr(module, "__all__", ()) or name in PROTOCOLS]


def public_names(name: str) -> dict[str, object]:
    """What autodoc shows of a module: the names in ``__all__``, or without one what is defined there."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", None) or [each for each in vars(module) if not each.startswith("_")]
    found = {each: getattr(module, each) for each in names}
    return found if hasattr(module, "__all__") else {k: v for k, v in found.items() if getattr(v, "__module__", None) == name}


def api_page(name: str, elsewhere: dict[str, str]) -> str:
    """The reference of one module, in reStructuredText, made by autodoc from the docstrings.

    ``elsewhere``: public names of this module that another page documents already, and the full names they have there.
    """
    title = f"``{name}``"
    text = f"{title}\n{'=' * len(title)}\n\n.. automodule:: {name}\n"
    if elsewhere:
        text += f"   :exclude-members: {', '.join(elsewhere)}\n\nAlso here: {', '.join(f':py:obj:`{full}`' for full in elsewhere.values())}.\n"
    return text


def front_page() -> str:
    """The reference of ``fewrec`` itself: its public names come with first use, so autodoc is told them one by one."""
    title = "``fewrec``"
    parts = [f"{title}\n{'=' * len(title)}\n\n.. automodule:: fewrec\n   :no-members:\n"]
    for name, value in public_names("fewrec").items():
        if isinstance(value, type):
            parts.append(f".. autoclass:: fewrec.{name}\n")
        elif callable(value):
            parts.append(f".. autofunction:: fewrec.{name}\n")
    return "\n".join(parts)


def api_pages() -> dict[str, str]:
    """Module name -> its page. What several modules export is documented once: in ``fewrec``, ``types`` or ``errors`` where it is there."""
    pages = {"fewrec": front_page()}
    documented = {id(value): f"fewrec.{name}" for name, value in public_names("fewrec").items()}
    first = {"fewrec.types": 0, "fewrec.errors": 1}
    for module in sorted(public_modules(), key=lambda name: (first.get(name, 2), name)):
        own = {name: value for name, value in public_names(module).items() if callable(value)}
        pages[module] = api_page(
            module, {name: documented[id(value)] for name, value in own.items() if id(value) in documented}
        )
        for name, value in own.items():
            documented.setdefault(id(value), f"{module}.{name}")
    return pages


def write_api() -> None:
    """Write the pages of the reference; files that did not change are left alone, so that a second build is short."""
    pages = api_pages()
    for old in API.glob("*.rst"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        path = API / f"{name}.rst"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
