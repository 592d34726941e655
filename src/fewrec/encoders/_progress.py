"""A progress bar on stderr for jobs that take a while; silent in pipes, logs and tests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONG_JOB = 500
"""Texts from which a job is worth a bar."""


@contextmanager
def progress_bar(total: int, *, label: str, show: bool | None) -> Iterator[Callable[[int], None]]:
    """Yield ``advance(n_done)``. ``show=None`` draws only for a long job and only where stderr is a terminal."""
    wanted = show if show is not None else total >= LONG_JOB and sys.stderr.isatty()
    if not wanted:
        yield lambda _n_done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda n_done: bar.advance(task, n_done)
