"""The wrapped libraries that can be imported here, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from fewrec.models.base import Model

FILES = ("with_implicit", "with_lightfm", "with_rectools", "with_lenskit")


def available() -> tuple[dict[str, Callable[[], Model]], list[str]]:
    """Name -> factory, and a line per library that is missing."""
    models: dict[str, Callable[[], Model]] = {}
    missing = []
    for file in FILES:
        try:
            models.update(import_module(file).MODELS)
        except ImportError as error:
            missing.append(f"{file.removeprefix('with_')} does not run here: {error}")
    return models, missing
