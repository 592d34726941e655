"""Metrics of ranked lists by name: ours, those of the entry-point group ``fewrec.metrics``, and ``module:function``.

A metric is a function ``(lists: Ranked, at: int) -> (b,)``, one value per list, NaN where it is undefined. ``at`` is the cut-off of
``name@N``, 0 where none is given. An attribute ``better`` (``"higher"``, ``"lower"`` or None) may say which direction is better; without it
higher is. Metrics that need more than the ranks (coverage, diversity, novelty) are not of this kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal

from fewrec.errors import SettingError
from fewrec.evaluation.metrics.ranked import Ranked, Values

GROUP = "fewrec.metrics"
Better = Literal["higher", "lower"] | None
RankedMetric = Callable[[Ranked, int], Values]

OWN: Mapping[str, str] = {
    "ndcg": "fewrec.evaluation.metrics.ranked:ndcg",
    "recall": "fewrec.evaluation.metrics.ranked:recall",
    "mrr": "fewrec.evaluation.metrics.ranked:mrr",
    "uauc": "fewrec.evaluation.metrics.ranked:uauc",
}
"""The entry points of this package, known without installed metadata too; a test holds pyproject.toml to this."""


def registered_names() -> list[str]:
    """Our names, then those of other packages, sorted. Imports none of them."""
    return [*OWN, *sorted({point.name for point in entry_points(group=GROUP)} - set(OWN))]


def find_metric(name: str) -> RankedMetric | None:
    """The function called ``name`` (without ``@N``); None where there is none.

    Raises:
        SettingError: it is named but cannot be imported, or is no function.
    """
    target = OWN.get(name)
    if target is None:
        points = list(entry_points(group=GROUP, name=name))
        target = points[0].value if points else name if _is_path(name) else None
    if target is None:
        return None
    module, _, attribute = target.partition(":")
    try:
        found: Any = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SettingError(f"the metric {name!r} cannot be loaded: {error}", hint=f"expected a function at {target}") from error
    if isinstance(found, type):
        found = found()
    if not callable(found):
        raise SettingError(
            f"the metric {name!r} is a {type(found).__name__}, expected a function (lists, at) -> one value per list",
            hint="see fewrec.evaluation.metrics.ranked.ndcg for an example",
        )
    function: RankedMetric = found
    return function


def direction_of(function: RankedMetric) -> Better:
    """Whether higher or lower is better; None where neither is."""
    better: Better = getattr(function, "better", "higher")
    return better


def checked(name: str, function: RankedMetric, lists: Ranked, at: int) -> Values:
    """The values (b,) of ``function``.

    Raises:
        SettingError: it gave another shape.
    """
    values: Values = function(lists, at)
    if getattr(values, "shape", None) != (len(lists),):
        found = getattr(values, "shape", type(values).__name__)
        raise SettingError(f"the metric {name!r} gave {found}, expected shape ({len(lists)},)", hint="one value per list")
    return values


def _is_path(name: str) -> bool:
    module, colon, attribute = name.partition(":")
    return bool(colon) and attribute.isidentifier() and all(part.isidentifier() for part in module.split("."))
