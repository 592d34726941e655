"""Which code a model's scores come from, as a short digest: finished cells of an evaluation are good for as long as it stays the same.

What counts is the model's own module and all of ``fewrec`` that it imports, directly or not, with the data files beside them, and the
settings it is made with. Work on one model so leaves the others' digests alone. Comments, docstrings and layout do not count. Of a model
from outside count the modules of its own package (its module alone where it is in none) and the version of its distribution. What lies
elsewhere, such as NumPy's version or an encoder, does not count; what encoders make is in the digest of the data.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import FunctionType
from typing import Any

import fewrec
from fewrec.models.blend.ensemble import Member

PACKAGE = Path(fewrec.__file__).parent
_DATA = (".json", ".npy", ".npz", ".txt")


def code_version(factory: Any, package: Path = PACKAGE) -> str:
    """Package version and digest of what ``factory`` (a class, a ``partial`` of one, or another object that makes one) makes, as in ``0.1.0+5f0c…``.

    ``package`` is the folder of a ``fewrec``, for asking another checkout.
    """
    digest = hashlib.blake2b(digest_size=8)
    parts = list(_made_of(factory))
    digest.update(repr(parts).encode())
    modules = sorted({module for module, _ in parts if module})
    for module in modules:
        if not module.startswith("fewrec."):
            digest.update(b"".join(_of_a_stranger(module)))
    for path in files_of(modules, package):
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
        yield part.__module__, part.__qualname__
    elif type(part).__module__ == "builtins":
        yield "", repr(part)
    else:
        yield type(part).__module__, repr(part)  # a config


def _of_a_stranger(module: str) -> Iterator[bytes]:
    """What the code of a module outside ``fewrec`` depends on; something new every time where its source cannot be read."""
    top = module.partition(".")[0]
    for distribution in sorted(set(packages_distributions().get(top, ()))):
        yield f"\x1e{distribution} {version(distribution)}".encode()
    try:
        source = inspect.getsourcefile(sys.modules[module])
    except (KeyError, TypeError):
        source = None
    if source is None:
        yield uuid.uuid4().bytes
        return
    own = Path(source)
    package = (
        own.parents[module.count(".") - (own.name != "__init__.py")] if "." in module or own.name == "__init__.py" else None
    )
    for path in [own] if package is None else sorted(package.rglob("*")):
        if path.suffix in {".py", *_DATA} and path.is_file():
            yield f"\x1e{path.name if package is None else path.relative_to(package)}\x1f".encode()
            yield _without_words(path) if path.suffix == ".py" else path.read_bytes()


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
