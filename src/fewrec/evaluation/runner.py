"""Runs the cells of an evaluation by draw, number of training users and model; cells in the cache are not computed again."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from threadpoolctl import threadpool_limits

from fewrec.errors import SettingError
from fewrec.evaluation.cache import CellCache
from fewrec.evaluation.model_calls import Factory
from fewrec.evaluation.outcomes import Cell
from fewrec.evaluation.progress import RunProgress
from fewrec.evaluation.protocols.base import Draw, EvaluationProtocol
from fewrec.evaluation.seeds import derived_rng


@dataclass(frozen=True, kw_only=True)
class Run:
    """How an evaluation is carried out; none of it changes a result."""

    cache: Path | None = None
    """Folder of finished cells; None to keep none."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Model name -> a string that changes whenever the model's scores may, such as ``fewrec.sources.code_version`` gives; part of the cache key."""
    jobs: int = 1
    """Processes; each takes whole draws, with one thread. Timings of more than one disturb each other."""
    progress: bool = True
    command: str | None = None
    """The exact command, for the document; None for this process's own."""

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise SettingError(f"jobs is {self.jobs}, expected at least 1", hint="1 runs everything in this process")


class Job(NamedTuple):
    """A cell to compute."""

    draw: int
    train_users: int
    model: str


def jobs_of(protocol: EvaluationProtocol, models: Mapping[str, Factory]) -> list[Job]:
    """All cells, draw by draw. A heavy model has one: the largest size, in draw 0."""
    sizes = list(protocol.sizes)
    n_draws = max(protocol.draws(n) for n in sizes)
    light = [name for name in models if name not in protocol.settings.heavy]
    heavy = [name for name in models if name in protocol.settings.heavy]
    jobs = []
    for draw in range(n_draws):
        for n in sizes:
            if draw < protocol.draws(n):
                jobs += [Job(draw, n, name) for name in light]
                jobs += [Job(draw, n, name) for name in heavy if draw == 0 and n == sizes[-1]]
    return jobs


def run_cells(protocol: EvaluationProtocol, models: Mapping[str, Factory], run: Run) -> list[Cell]:
    """Every cell of the evaluation, from the cache or from the models."""
    jobs = jobs_of(protocol, models)
    title = f"evaluate {protocol.name}"
    with RunProgress(title, len(jobs), shown=run.progress) as progress:
        if run.jobs == 1:
            cells = []
            for cell in _Worker(protocol, models, run, run.cache).cells(jobs):
                cells.append(cell)
                progress.done(f"draw {cell.draw} · n = {cell.train_users} · {cell.model}")
            return cells
        return _in_processes(protocol, models, run, jobs, progress)


class _Worker:
    """Keeps one draw in memory: preparing its cases costs more than scoring them with a fast model."""

    def __init__(self, protocol: EvaluationProtocol, models: Mapping[str, Factory], run: Run, folder: Path | None) -> None:
        self._protocol, self._models, self._run = protocol, models, run
        self._cache = CellCache(folder) if folder else None
        self._held: tuple[int, Draw] | None = None

    def cells(self, jobs: list[Job]) -> Iterator[Cell]:
        """One cell a job, in order."""
        for job in jobs:
            path = self._cache.path(job.model, self._key(job)) if self._cache else None
            cell = self._cache.load(path) if self._cache and path else None
            if cell is None:
                cell = self._compute(job)
                if self._cache and path:
                    self._cache.save(path, cell)
            yield cell

    def _compute(self, job: Job) -> Cell:
        if self._held is None or self._held[0] != job.draw:
            self._held = (job.draw, self._protocol.draw(job.draw))
        rng = derived_rng("model", self._protocol.settings.seed, job.draw, job.train_users, job.model)
        result = self._held[1].run(self._models[job.model], job.train_users, rng)
        kept = tuple(result.outcomes), tuple(result.notes), tuple(result.samples)
        return Cell(job.model, job.train_users, job.draw, result.fit_s, *kept)

    def _key(self, job: Job) -> dict[str, object]:
        protocol = self._protocol
        about = {"protocol": protocol.name, "data": protocol.data_hash, "settings": protocol.key(), **job._asdict()}
        return about | {"version": self._run.versions.get(job.model, "")}


_forked: list[_Worker] = []
"""The worker that a forked process inherits: model factories may be closures, which cannot be sent."""


def _in_processes(
    protocol: EvaluationProtocol, models: Mapping[str, Factory], run: Run, jobs: list[Job], progress: RunProgress
) -> list[Cell]:
    """Draws in parallel. Processes hand their cells over through the cache, or through a temporary one."""
    if "fork" not in multiprocessing.get_all_start_methods():
        raise SettingError("jobs above 1 need a system that can fork", hint="use jobs = 1")
    by_draw: dict[int, list[Job]] = {}
    for job in jobs:
        by_draw.setdefault(job.draw, []).append(job)
    with tempfile.TemporaryDirectory() as temporary:
        folder = run.cache or Path(temporary)
        worker = _Worker(protocol, models, run, folder)
        _forked.append(worker)
        try:
            with ProcessPoolExecutor(run.jobs, mp_context=multiprocessing.get_context("fork")) as pool:
                for done in as_completed([pool.submit(_run_draw, own) for own in by_draw.values()]):
                    for job in done.result():
                        progress.done(f"draw {job.draw}")
        finally:
            _forked.pop()
        return list(worker.cells(jobs))


def _run_draw(jobs: list[Job]) -> list[Job]:
    with threadpool_limits(1):
        for _ in _forked[-1].cells(jobs):
            pass
    return jobs
