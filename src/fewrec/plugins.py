"""Names -> models, encoders, decoders, metrics and readers: ours, those of installed packages, and ``module:Class``.

A package adds a name through an entry point of one of :data:`GROUPS`; its target is a class or function that makes the object
(``fewrec.metrics``: the metric itself). Our own names are declared in tables beside the code, so that a checkout without installed
metadata knows them and listing them imports nothing; ``[project.entry-points]`` of our pyproject.toml repeats the tables, and a test
holds both equal. How to add a name: ``docs/guide/extending.md``.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from fewrec.errors import MissingExtraError, SettingError

GROUPS = ("fewrec.models", "fewrec.encoders", "fewrec.decoders", "fewrec.metrics", "fewrec.readers")
"""Groups of entry points that are read."""
TRUST_VARIABLE = "FEWREC_TRUST"
"""Environment variable: modules, separated by commas, whose classes may be made when a saved fit is loaded."""
_OURS = "fewrec"
_PATH = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*"
_NAMED: set[str] = set()
"""Modules that callers in this process named as ``module:Class``."""
T = TypeVar("T")


@dataclass(frozen=True)
class Plugin:
    """A name and where to find what it stands for."""

    name: str
    target: str
    """``module:attribute``."""
    description: str = ""
    """One line; where it is empty, the target's attribute ``description`` or the first line of its docstring."""
    argument: str = ""
    """What follows the name and a colon, such as ``PATH``; in brackets (``[a+b]``) where the name may stand alone. Where it is empty,
    the target's attribute ``argument``. Targets with an argument are called with the whole name as it was written."""
    extra: str = ""
    """The optional dependency of fewrec that the target needs."""
    distribution: str = _OURS
    """Name and version of the package that registered it; empty for ``module:Class``."""

    @property
    def module(self) -> str:
        """Of the target."""
        return self.target.partition(":")[0]

    def load(self, kind: str = "plugin") -> Any:
        """The target, imported. ``kind`` says in messages what it is.

        Raises:
            MissingExtraError: it needs an extra of fewrec that is not installed.
            SettingError: another package's target cannot be imported; the message names the package.
        """
        module, _, attributes = self.target.partition(":")
        if not self.distribution:
            _see_working_folder()
        try:
            found: Any = import_module(module)
            for attribute in attributes.split("."):
                found = getattr(found, attribute)
        except Exception as error:  # whatever a stranger's module raises while it is imported is a fault of that package
            missing = error.name if isinstance(error, ModuleNotFoundError) and error.name else ""
            if self.extra and missing and missing.partition(".")[0] != _OURS:
                raise MissingExtraError(f"the {kind} {self.name}", self.extra) from error
            if self.distribution == _OURS:
                raise
            raise self._broken(kind, error) from error
        return found

    def _broken(self, kind: str, error: Exception) -> SettingError:
        told = f"{type(error).__name__}: {error}"
        if self.distribution:
            package = self.distribution.split()[0]
            return SettingError(
                f"the {kind} {self.name!r} of the package {self.distribution} cannot be loaded from {self.target}: {told}",
                hint=f"pip install --upgrade {package}, or pip uninstall {package}",
            )
        return SettingError(
            f"the {kind} {self.target} cannot be loaded: {told}",
            hint=f"modules are looked for in {Path.cwd()} and among installed packages",
        )


class Registry(Generic[T]):
    """The names of one group, and what they make."""

    def __init__(self, group: str, kind: str, own: Iterable[Plugin] = ()) -> None:
        """``kind``: ``model``, ``encoder``, … for messages; ``own``: the names of fewrec itself, which nobody else can take."""
        self.group, self.kind = group, kind
        self.own: Mapping[str, Plugin] = {plugin.name: plugin for plugin in own}

    def plugins(self) -> dict[str, Plugin]:
        """Name -> plugin: ours, then those of other packages in alphabetical order."""
        others = {plugin.name: plugin for plugin in _registered(self.group) if plugin.name not in self.own}
        return {**self.own, **dict(sorted(others.items()))}

    def names(self) -> list[tuple[str, str]]:
        """What to write, with its argument, and a line of description. Imports other packages' targets, none of ours."""
        return [self._line(plugin) for plugin in self.plugins().values()]

    def find(self, name: str, *, trust: Collection[str] | None = None) -> Plugin:
        """The plugin that ``name`` (``name``, ``name:ARGUMENT`` or ``module:Class``) means; a registered prefix wins over a module.

        ``trust``: modules that ``module:Class`` may name, for names that were read from a file; None: any, the caller wrote the name.

        Raises:
            SettingError: there is none, two packages claim it, or its argument is missing or too much.
        """
        head, colon, rest = name.partition(":")
        plugin = self.plugins().get(head)
        if plugin is None:
            if re.fullmatch(_PATH, head) and re.fullmatch(_PATH, rest):
                if trust is not None and not is_trusted(head, trust):
                    raise SettingError(f"the {self.kind} {name} is code outside fewrec", hint=trust_hint(head))
                if trust is None:
                    _NAMED.add(head)
                return Plugin(name, name, distribution="")
            raise self._unknown(name)
        if head not in self.own:
            claims = [each for each in _registered(self.group) if each.name == head]
            if len(claims) > 1:
                packages = " and ".join(each.distribution for each in claims)
                raise SettingError(f"the {self.kind} {head!r} is claimed by {packages}", hint="uninstall one of them")
        argument = self._argument(plugin)
        if colon and not argument:
            raise SettingError(f"the {self.kind} {head!r} takes no argument, found {name!r}", hint=f"write {head}")
        if not rest and argument and not argument.startswith("["):
            raise SettingError(f"the {self.kind} {name!r} needs an argument", hint=f"write {head}:{argument}")
        return plugin

    def load(self, name: str, *, trust: Collection[str] | None = None) -> Any:
        """The target itself, imported. Arguments and errors as in :meth:`find` and :meth:`Plugin.load`."""
        return self.find(name, trust=trust).load(self.kind)

    def factory(self, name: str, *, trust: Collection[str] | None = None, **options: Any) -> Callable[[], T]:
        """What makes the objects of ``name``; ``options`` are handed to targets that have a parameter of that name.

        Raises:
            MissingExtraError: see :meth:`Plugin.load`.
            SettingError: as in :meth:`find`, or the target cannot be called so.
        """
        plugin = self.find(name, trust=trust)
        target = plugin.load(self.kind)
        given = (name,) if self._argument(plugin) else ()
        if not callable(target):
            raise SettingError(f"the {self.kind} {plugin.target} is a {type(target).__name__}, expected a class or function")
        known = _parameters(target)
        if known is None:
            return cast(Callable[[], T], partial(target, *given) if given else target)
        free = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in known.parameters.values())
        options = {key: value for key, value in options.items() if free or key in known.parameters}
        try:
            known.bind(*given, **options)
        except TypeError as error:
            raise SettingError(
                f"the {self.kind} {plugin.target} cannot be made by its name: {error}",
                hint="give its parameters defaults, or register a function that makes it",
            ) from None
        return cast(Callable[[], T], partial(target, *given, **options) if given or options else target)

    def make(self, name: str, *, trust: Collection[str] | None = None, **options: Any) -> T:
        """A new object by its name. Arguments and errors as in :meth:`factory`."""
        return self.factory(name, trust=trust, **options)()

    def _argument(self, plugin: Plugin) -> str:
        if plugin.argument or plugin.distribution in {_OURS, ""}:
            return plugin.argument
        return str(getattr(plugin.load(self.kind), "argument", ""))

    def _line(self, plugin: Plugin) -> tuple[str, str]:
        try:
            argument = self._argument(plugin)
            target = None if plugin.description else plugin.load(self.kind)
        except (SettingError, MissingExtraError) as error:
            return plugin.name, error.message
        told = plugin.description or getattr(target, "description", "") or (inspect.getdoc(target) or "").partition("\n")[0]
        if plugin.distribution != _OURS:
            told = f"{told} (package {plugin.distribution})".strip()
        ending = argument.replace("[", "[:", 1) if argument.startswith("[") else f":{argument}"
        return plugin.name + (ending if argument else ""), told

    def _unknown(self, name: str) -> SettingError:
        plugins = self.plugins()
        close = get_close_matches(name.partition(":")[0].lower(), plugins, n=2, cutoff=0.6)
        known = [self._line(plugin)[0] for plugin in plugins.values()]
        listed = f"there are: {', '.join((*known, 'module:Class'))}"
        hint = f"did you mean {' or '.join(close)}? {listed}" if close else listed
        return SettingError(f"there is no {self.kind} {name!r}", hint=hint)


METRICS: Registry[Any] = Registry("fewrec.metrics", "metric")
"""Metrics of ranked lists, beside our own: a target is a function ``(ranked, at) -> (b,)``, see :class:`fewrec.testing.MetricContract`."""
READERS: Registry[Any] = Registry("fewrec.readers", "reader")
"""Readers of files: a target takes a path and gives a table of polars with the file's own columns."""


def refresh() -> None:
    """Read entry points again, for a process in which a package was installed since."""
    _registered.cache_clear()


def registered_modules() -> frozenset[str]:
    """Modules that hold a target of an installed package's entry point, without importing them."""
    return frozenset(plugin.module for group in GROUPS for plugin in _registered(group))


def is_trusted(module: str, trust: Collection[str] = ()) -> bool:
    """Whether saved objects may name classes of ``module``.

    Yes for modules of fewrec, those that hold a target of an installed package's entry point, those that a caller in this process named
    as ``module:Class``, and those in ``trust`` or the environment variable ``FEWREC_TRUST``, where a package stands for all its modules.
    """
    if module == _OURS or module.startswith(f"{_OURS}.") or module in _NAMED or module in registered_modules():
        return True
    named = {*trust, *(name.strip() for name in os.environ.get(TRUST_VARIABLE, "").split(",") if name.strip())}
    return any(module == name or module.startswith(f"{name}.") for name in named)


def trust_hint(module: str) -> str:
    """What to do about a module that is not trusted."""
    return f'if you know that code, say so: Recommender.load(path, trust=("{module}",)) or {TRUST_VARIABLE}={module}'


@cache
def _registered(group: str) -> tuple[Plugin, ...]:
    """Entry points of other packages, by name and package; one that is installed twice on ``sys.path`` counts once."""
    found: dict[tuple[str, str], Plugin] = {}
    for point in entry_points(group=group):
        distribution = _distribution(point)
        if distribution.partition(" ")[0].lower() != _OURS:
            plugin = Plugin(point.name, f"{point.module}:{point.attr}", distribution=distribution)
            found.setdefault((point.name, distribution.partition(" ")[0]), plugin)
    return tuple(found[key] for key in sorted(found))


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "unknown"


def _parameters(target: Callable[..., Any]) -> inspect.Signature | None:
    """None for classes that do not tell."""
    try:
        return inspect.signature(target)
    except (TypeError, ValueError):
        return None


def _see_working_folder() -> None:
    """``module:Class`` may lie in the working folder, which is not on the path of an installed command. Last, so it hides nothing."""
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)
