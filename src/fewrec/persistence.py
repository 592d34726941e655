"""Fitted objects on disk: one JSON document for the structure, one ``.npy`` file for each array. Never pickle.

Objects are written attribute by attribute, or into a folder of their own by a class with ``save`` and ``load``
(:class:`fewrec.models.base.Saveable`). A file names classes, and loading makes objects of them, so only trusted ones are made: those of this
package, those in modules that an installed package's entry point names, and those in modules that the caller or the environment
variable ``FEWREC_TRUST`` names. Arrays are memory-mapped on loading: a fitted recommender opens in the time it takes to read the JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy import sparse

from fewrec.errors import ModelLoadError, SettingError
from fewrec.models.base import Model, Saveable
from fewrec.plugins import is_trusted, trust_hint
from fewrec.types import Catalogue

FORMAT_VERSION = 2
_DOCUMENT = "object.json"


def save_object(thing: object, folder: Path, *, trust: Collection[str] = ()) -> None:
    """Write ``thing`` into ``folder``, which is made if absent.

    A class keeps attributes out of the file by naming them in ``__not_saved__``; they are then absent after loading, and the class
    says in ``__after_load__`` how to get on without them. ``trust``: modules from outside whose objects may be written.

    Raises:
        ModelLoadError: something in it is neither data nor an object of a trusted class.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(folder, trust)
    document = {"format": FORMAT_VERSION, "object": writer.encode(thing, "object")}
    # surrogatepass: half an emoji in somebody's text is a term like others
    (folder / _DOCUMENT).write_bytes(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def check_can_be_saved(model: Model, *, trust: Collection[str] = ()) -> None:
    """Raise now what :func:`save_object` would raise after the fit, as far as an unfitted ``model`` shows it.

    A class that knows that it cannot be saved says why in its attribute ``__cannot_be_saved__``.

    Raises:
        SettingError: it cannot be saved.
    """
    why = getattr(type(model), "__cannot_be_saved__", None)
    if why is not None:
        raise SettingError(
            f"the model {model.name} cannot be saved: {why}",
            hint="choose another for a fit that is kept; it can be evaluated, and fitted where it is used",
        )
    try:
        if isinstance(model, Saveable) and is_trusted(type(model).__module__, trust):
            _check_found_by_name(type(model), "the model")
        else:
            with TemporaryDirectory() as folder:
                _Writer(Path(folder), trust).encode(model, "the model")
    except ModelLoadError as error:
        raise SettingError(f"the model {model.name} cannot be saved: {error.message}", hint=error.hint) from error


def load_object(folder: Path, *, trust: Collection[str] = ()) -> Any:
    """What :func:`save_object` wrote. ``trust``: modules from outside whose classes may be made, such as ``("my_package",)``.

    Raises:
        ModelLoadError: the folder is absent, incomplete, damaged or of a newer format, or names a class that is not trusted.
    """
    path = folder / _DOCUMENT
    try:
        document = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
        version = document["format"]
        if version != FORMAT_VERSION:
            raise ModelLoadError(
                f"{path} has format {version}, this fewrec reads format {FORMAT_VERSION}", hint="fit again, or update fewrec"
            )
        return _Reader(folder, trust).decode(document["object"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise ModelLoadError(f"{folder} does not hold a readable fitted model: {error}", hint="fit again") from error


class _Writer:
    def __init__(self, folder: Path, trust: Collection[str] = ()) -> None:
        self._folder, self._trust = folder, trust
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []  # so that no id is used twice
        self._n_arrays = 0

    def encode(self, thing: Any, where: str) -> Any:
        if thing is None or isinstance(thing, (bool, int, float, str)):
            return thing
        if isinstance(thing, np.generic):
            return thing.item()
        if id(thing) in self._seen:
            return {"$again": self._seen[id(thing)]}
        if isinstance(thing, (np.ndarray, sparse.csr_matrix)):
            return self._remember(thing, self._encode_array(thing))
        if isinstance(thing, (list, tuple)):
            kind = "$list" if isinstance(thing, list) else "$tuple"
            return {kind: [self.encode(each, f"{where}[{i}]") for i, each in enumerate(thing)]}
        if isinstance(thing, (set, frozenset)):
            return {"$set": [self.encode(each, where) for each in sorted(thing)]}
        if isinstance(thing, (dict, Mapping)):
            return {"$dict": [[self.encode(k, where), self.encode(v, f"{where}[{k!r}]")] for k, v in thing.items()]}
        cls = type(thing)
        if not is_trusted(cls.__module__, self._trust):
            raise ModelLoadError(
                f"{where} is a {cls.__module__}.{cls.__qualname__}, which cannot be saved",
                hint="a model that holds more than plain data and arrays needs save and load: docs/guide/extending.md",
            )
        if not cls.__module__.startswith("fewrec."):
            _check_found_by_name(cls, where)
        number = self._number(thing)
        if isinstance(thing, Saveable) and not cls.__module__.startswith("fewrec."):
            own = self._folder / f"own-{number:04d}"
            own.mkdir()
            thing.save(own)
            return {"$saved": f"{cls.__module__}:{cls.__qualname__}", "$id": number, "folder": own.name}
        skipped = getattr(cls, "__not_saved__", ())
        state = {k: self.encode(v, f"{where}.{k}") for k, v in _state(thing).items() if k not in skipped}
        return {"$object": f"{cls.__module__}:{cls.__qualname__}", "$id": number, "state": state}

    def _number(self, thing: object) -> int:
        self._seen[id(thing)] = len(self._seen)
        self._kept.append(thing)
        return self._seen[id(thing)]

    def _remember(self, thing: object, encoded: dict[str, Any]) -> dict[str, Any]:
        return {**encoded, "$id": self._number(thing)}

    def _encode_array(self, array: Any) -> dict[str, Any]:
        if sparse.issparse(array):
            parts = {name: self._encode_array(getattr(array, name)) for name in ("data", "indices", "indptr")}
            return {"$csr": parts, "shape": list(array.shape)}
        if array.dtype == object:
            raise ModelLoadError("an array of Python objects cannot be saved")
        name = f"{self._n_arrays:04d}.npy"
        self._n_arrays += 1
        np.save(self._folder / name, np.ascontiguousarray(array) if array.ndim else array, allow_pickle=False)
        return {"$array": name}


class _Reader:
    def __init__(self, folder: Path, trust: Collection[str] = ()) -> None:
        self._folder, self._trust = folder, trust
        self._made: dict[int, Any] = {}
        self._catalogue: Catalogue | None = None

    def decode(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "$again" in value:
            return self._made[value["$again"]]
        if "$array" in value or "$csr" in value:
            return self._keep(value, self._decode_array(value))
        if "$list" in value:
            return [self.decode(each) for each in value["$list"]]
        if "$tuple" in value:
            return tuple(self.decode(each) for each in value["$tuple"])
        if "$set" in value:
            return frozenset(self.decode(each) for each in value["$set"])
        if "$dict" in value:
            return {self.decode(k): self.decode(v) for k, v in value["$dict"]}
        if "$saved" in value:
            return self._keep(value, self._load_own(value))
        cls = _class_named(value["$object"], self._trust)
        thing = self._keep(value, object.__new__(cls))
        for name, state in value["state"].items():
            object.__setattr__(thing, name, self.decode(state))
        after_load = getattr(thing, "__after_load__", None)
        if after_load is not None:
            after_load()
        if isinstance(thing, Catalogue):
            self._catalogue = thing
        return thing

    def _load_own(self, value: dict[str, Any]) -> Any:
        cls = _class_named(value["$saved"], self._trust)
        own = self._folder / value["folder"]
        if own.parent != self._folder or not issubclass(cls, Saveable):
            raise ModelLoadError(f"{value['$saved']} in {value['folder']} is no object with a folder of its own")
        return cls.load(own, self._catalogue)

    def _keep(self, value: dict[str, Any], thing: Any) -> Any:
        if "$id" in value:
            self._made[value["$id"]] = thing
        return thing

    def _decode_array(self, value: dict[str, Any]) -> Any:
        if "$csr" in value:
            parts = value["$csr"]
            arrays = tuple(self._decode_array(parts[name]) for name in ("data", "indices", "indptr"))
            return sparse.csr_matrix(arrays, shape=tuple(value["shape"]), copy=False)
        path = self._folder / value["$array"]
        if path.parent != self._folder:
            raise ModelLoadError(f"{value['$array']} lies outside the saved folder")
        return np.load(path, mmap_mode="r" if path.stat().st_size > 1 << 16 else None, allow_pickle=False)


def _state(thing: object) -> dict[str, Any]:
    state = dict(getattr(thing, "__dict__", {}))
    for cls in type(thing).__mro__:
        for name in getattr(cls, "__slots__", ()):
            if hasattr(thing, name):
                state[name] = getattr(thing, name)
    made_on_demand = {
        name for cls in type(thing).__mro__ for name, value in vars(cls).items() if isinstance(value, cached_property)
    }
    return {name: value for name, value in state.items() if name not in made_on_demand}


def _check_found_by_name(cls: type, where: str) -> None:
    """A class made within a function, say, could be written and never made again."""
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    if found is not cls:
        raise ModelLoadError(
            f"{where} is a {cls.__module__}.{cls.__qualname__}, which cannot be found again by that name",
            hint="define the class at the top of a module",
        )


def _class_named(name: str, trust: Collection[str]) -> type:
    """The class, imported only where its module is trusted."""
    module, _, qualname = name.partition(":")
    if not is_trusted(module, trust):
        raise ModelLoadError(
            f"{name} is not a class of fewrec or of an installed package that adds to it", hint=trust_hint(module)
        )
    found: Any = sys.modules.get(module) or import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    if not isinstance(found, type):
        raise ModelLoadError(f"{name} is not a class")
    return found


__all__ = ["FORMAT_VERSION", "check_can_be_saved", "load_object", "save_object"]
