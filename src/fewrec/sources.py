"""Which code a model's scores come from, as a short digest: finished cells of an evaluation are good for as long as it stays the same.

What counts is the model's own module and all of ``fewrec`` that it imports, directly or not, with the data files beside them, and the
settings it is made with. Work on one model so leaves the others' digests alone. Comments, docstrings and layout do not count. What lies
outside, such as NumPy's version or an encoder, does not count either; what encoders make is in the digest of the data.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from types import FunctionType
from typing import Any

import fewrec
from fewrec.errors import SettingError
from fewrec.models.blend.ensemble import Member

PACKAGE = Path(fewrec.__file__).parent
_DATA = (".json", ".npy", ".npz", ".txt")


def code_version(factory: Any, package: Path = PACKAGE) -> str:
    """Package version and digest of what ``factory`` (a class, a ``partial`` of one, or another object that makes one) makes, as in ``0.1.0+5f0c…``.

    ``package`` is the folder of a ``fewrec``, for asking another checkout.
    """
    digest = hashlib.blake2b(digest_size=8)
    digest.update(repr(list(_made_of(factory))).encode())
    for path in files_of(sorted({module for module, _ in _made_of(factory) if module}), package):
        digest.update(f"\x1e{path.relative_to(package)}\x1f".encode())
        digest.update(_without_words(path) if path.suffix == ".py" else path.read_bytes())
    return f"{fewrec.__version__}+{digest.hexdigest()}"


def files_of(modules: Iterable[str], package: Path = PACKAGE) -> list[Path]:
    """The files of ``modules`` and of all modules of ``fewrec`` that they import, sorted."""
    found: set[Path] = set()
    waiting = [_file(module, package) for module in modules]
    while waiting:
        path = waiting.pop()
        if path is not None and path not in found:
            found.add(path)
            waiting += [_file(module, package) for module in _imported(path, package)]
    data = {file for folder in {path.parent for path in found} for file in folder.iterdir() if file.suffix in _DATA}
    return sorted(found | data)


def _made_of(part: Any) -> Iterator[tuple[str, str]]:
    """(module or "", what of it) of a factory and of everything that it was given."""
    if isinstance(part, partial):
        yield from _made_of(part.func)
        yield from _made_of(part.args)
        yield from _made_of(part.keywords)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield "", repr(key)
            yield from _made_of(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _made_of(value)
    elif isinstance(part, Member):
        yield from _made_of((part.make, part.suits))
    elif callable(part):
        part = part if isinstance(part, type | FunctionType) else type(part())  # an object that makes models: ask it for one
        if not part.__module__.startswith("fewrec."):
            raise SettingError(
                f"{part.__module__}.{part.__qualname__} is no part of fewrec, so it is not known when its code changes",
                hint="give Run a version of your own for this model",
            )
        yield part.__module__, part.__qualname__
    elif type(part).__module__.startswith("fewrec."):
        yield type(part).__module__, repr(part)  # a config
    else:
        yield "", repr(part)


def _file(module: str, package: Path) -> Path | None:
    """The file of a module of ``fewrec``; None for a name that is no module."""
    if not module.startswith("fewrec."):
        return None
    base = package.joinpath(*module.split(".")[1:])
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


@cache
def _imported(path: Path, package: Path) -> list[str]:
    """Names in ``fewrec`` that a file imports, wherever in it; a package's own file counts where something is taken from it."""
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            folder = ("fewrec", *path.relative_to(package).parent.parts)
            above = folder[: len(folder) - node.level + 1] if node.level else ()
            home = ".".join((*above, *([node.module] if node.module else [])))
            modules = [f"{home}.{name.name}" for name in node.names]
            found += [module if _file(module, package) else home for module in modules]
    return [module for module in found if module.startswith("fewrec.")]


@cache
def _without_words(path: Path) -> bytes:
    """What a file does: its syntax tree, without comments, docstrings and layout."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]  # type: ignore[attr-defined]
    return ast.dump(tree).encode()
