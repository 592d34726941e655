"""What the contract suites share: objects made once for each class, and a way to run them without pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E", bound=Exception)


class Contract:
    """Methods called ``test_…`` are promises; they raise ``AssertionError`` where one is broken."""

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made at the first call and kept with the class."""
        kept = vars(type(self)).get("_kept")
        if kept is None:
            kept = {}
            type(self)._kept = kept  # type: ignore[attr-defined]
        if name not in kept:
            kept[name] = make()
        return kept[name]

    def check(self) -> list[str]:
        """Run every promise; names of those that hold.

        Raises:
            AssertionError: the first one that does not.
        """
        names = [name for name in dir(self) if name.startswith("test_")]
        for name in names:
            getattr(self, name)()
        return names


def raised(expected: type[E], call: Callable[[], object]) -> E:
    """The exception of that type that ``call`` raises."""
    try:
        call()
    except expected as error:
        return error
    raise AssertionError(f"expected {expected.__name__}")
