"""The entry point: name a protocol, hand over data and models, get the document."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from fewrec.errors import DataError, SettingError
from fewrec.evaluation.document import build_document
from fewrec.evaluation.model_calls import Factory
from fewrec.evaluation.protocols.base import EvaluationProtocol, Finishing
from fewrec.evaluation.registry import protocol_entry
from fewrec.evaluation.runner import Run, run_cells


def evaluate(protocol: str, models: Mapping[str, Factory], *, run: Run | None = None, **inputs: Any) -> dict[str, Any]:
    """Run a protocol on data.

    Args:
        protocol: a name of :data:`fewrec.evaluation.registry.PROTOCOLS`.
        models: name -> factory of a new, unfitted model; it is called once per fit. ``round-trip`` takes decoders instead, as
            :func:`fewrec.evaluation.text_decoders.candidate_decoders` makes them.
        run: how it is carried out (cache, processes, progress); it changes no result.
        inputs: the arguments of the protocol's maker: its data, and ``settings``.

    Returns:
        The ``evaluate --json`` document, JSON-ready.

    Raises:
        SettingError: no such protocol, no models, or settings that contradict each other.
        DataError: the data cannot be used, or leaves no cell with enough test users.
    """
    return evaluate_protocol(protocol_entry(protocol).make(**inputs), models, run=run)


def evaluate_protocol(protocol: EvaluationProtocol, models: Mapping[str, Factory], *, run: Run | None = None) -> dict[str, Any]:
    """Run a protocol object that already holds its data and settings. Returns and raises as :func:`evaluate` does."""
    if not models:
        raise SettingError("no models to evaluate", hint="name at least one")
    if unknown := sorted(protocol.settings.heavy - set(models)):
        raise SettingError(
            f"heavy names models that are not evaluated: {', '.join(unknown)}",
            hint="evaluate them too, or leave them out of heavy",
        )
    run = run or Run()
    started = perf_counter()
    cells = run_cells(protocol, models, run)
    document = build_document(protocol, list(models), cells, run, perf_counter() - started)
    if not document["results"]:
        raise DataError(
            f"no cell had {protocol.settings.min_users} test users (min_users)",
            hint="use more data, a smaller k, or fewer conditions on who is tested",
        )
    return protocol.finish(document) if isinstance(protocol, Finishing) else document
