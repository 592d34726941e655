"""A store's data learned and kept as its current fit: what ``fewrec fit`` and the service's background fits do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fewrec.errors import DataError
from fewrec.models.blend.prior import DomainPrior
from fewrec.models.registry import make_model
from fewrec.persistence import check_can_be_saved
from fewrec.recommender import Recommender
from fewrec.store import Store

PRIOR_NAME = "carried-prior.json"
"""Beside the fit, so that later fits start from it too."""


@dataclass(frozen=True)
class Fitted:
    """What came of it."""

    fit_id: str
    recommender: Recommender


def fit_store(
    store: Store,
    *,
    encoder: str | None,
    model: str,
    prior: DomainPrior | None = None,
    keep_prior: bool = False,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Fitted:
    """Learn from everything in ``store`` and make the result its current fit. Without an ``encoder`` the number of items decides.

    ``keep_prior``: with no ``prior`` given, start from the one that the current fit started from, if any.

    Raises:
        DataError: the store holds no items.
        SettingError: there is no such model, or it cannot be saved; told before anything is learned.
    """
    from fewrec import __version__

    revision, data = store.revision, store.dataset()
    if data.items.height == 0:
        shown = store.location.shown
        raise DataError(f"the store {shown} holds no items", hint=f"fewrec ingest {shown} --items FILE adds some")
    unfitted = make_model(model)
    check_can_be_saved(unfitted, trust=(type(unfitted).__module__,))
    current = store.current_fit() if keep_prior and prior is None else None
    if current is not None and (current[0] / PRIOR_NAME).exists():
        prior = DomainPrior.load(current[0] / PRIOR_NAME)
    recommender = Recommender(encoder, model, prior=prior, cache=store.vector_cache_path, seed=seed, progress=progress)
    recommender.fit_dataset(data, history=store)
    meta = {"encoder": recommender.names[0], "model": model, "seed": seed, "revision": revision, "fewrec": __version__}

    def write(folder: Path) -> None:
        recommender.save(folder, history=False)
        if prior is not None:
            prior.save(folder / PRIOR_NAME)

    return Fitted(store.save_fit(write, meta), recommender)
