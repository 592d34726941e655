"""The entry point: name a protocol, hand over data and models, get the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from fewrec.errors import DataError, SettingError
from fewrec.evaluation.asking import Factory
from fewrec.evaluation.document import build_document
from fewrec.evaluation.protocols.base import EvaluationProtocol, Finishing
from fewrec.evaluation.protocols.candidates import Candidates
from fewrec.evaluation.protocols.cold_items import cold_items
from fewrec.evaluation.protocols.kshot import kshot
from fewrec.evaluation.protocols.labels import Labels
from fewrec.evaluation.protocols.requests import Requests
from fewrec.evaluation.protocols.round_trip import RoundTrip
from fewrec.evaluation.protocols.tallrec import Tallrec
from fewrec.evaluation.protocols.temporal import Temporal
from fewrec.evaluation.runner import Run, run_cells

PROTOCOLS: Mapping[str, Callable[..., EvaluationProtocol]] = {
    "kshot": kshot,
    "cold-items": cold_items,
    "temporal": Temporal,
    "tallrec": Tallrec,
    "labels": Labels,
    "candidates": Candidates,
    "round-trip": RoundTrip,
    "requests": Requests,
}
"""Protocol -> what makes it ready from its data and, as ``settings``, its settings."""


def evaluate(protocol: str, models: Mapping[str, Factory], *, run: Run | None = None, **inputs: Any) -> dict[str, Any]:
    """Run ``protocol`` and return the ``evaluate --json`` document.

    ``models``: name -> factory of a new, unfitted model; one instance is made for every fit. For ``round-trip`` they are decoders, made by
    ``fewrec.evaluation.round_trip``. ``inputs``: the arguments of the protocol
    (see :data:`PROTOCOLS`): its data, and ``settings``.
    """
    make = PROTOCOLS.get(protocol)
    if make is None:
        raise SettingError(f"unknown protocol {protocol!r}", hint=f"protocols: {', '.join(PROTOCOLS)}")
    return evaluate_protocol(make(**inputs), models, run=run)


def evaluate_protocol(protocol: EvaluationProtocol, models: Mapping[str, Factory], *, run: Run | None = None) -> dict[str, Any]:
    """The same for a protocol that has been made ready."""
    if not models:
        raise SettingError("no models to evaluate", hint="name at least one")
    if strangers := sorted(protocol.settings.heavy - set(models)):
        raise SettingError(
            f"heavy names models that are not evaluated: {', '.join(strangers)}",
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
