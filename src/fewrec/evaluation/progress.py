"""How far a run is, on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_QUIET_S = 15.0
"""Seconds between lines where there is no terminal."""


class RunProgress:
    """A context in which :meth:`done` is called once a cell."""

    def __init__(self, title: str, total: int, *, shown: bool) -> None:
        self._console = Console(stderr=True, quiet=not shown)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._task = self._bar.add_task(title, total=total)
        self._title, self._total, self._count, self._last = title, total, 0, monotonic()
        self._live = shown and self._console.is_terminal

    def __enter__(self) -> RunProgress:
        if self._live:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live:
            self._bar.stop()

    def done(self, label: str) -> None:
        """One more cell."""
        self._count += 1
        if self._live:
            self._bar.update(self._task, advance=1, description=f"{self._title} · {label}")
        elif monotonic() - self._last > _QUIET_S:
            self._last = monotonic()
            self._console.print(f"{self._title} {self._count}/{self._total} · {label}", highlight=False)
