"""A store's data learned and kept as its current fit: what ``fewrec fit`` and the service's background fits do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fewrec.errors import DataError
from fewrec.recommender import Recommender
from fewrec.store import Store


@dataclass(frozen=True)
class Fitted:
    """What came of it."""

    fit_id: str
    recommender: Recommender


def fit_store(
    store: Store, *, encoder: str | None, model: str, seed: int = 0, progress: Callable[[str], None] | None = None
) -> Fitted:
    """Learn from everything in ``store`` and make the result its current fit. Without an ``encoder`` the number of items decides.

    Raises:
        DataError: the store holds no items.
    """
    from fewrec import __version__

    revision, data = store.revision, store.dataset()
    if data.items.height == 0:
        shown = store.location.shown
        raise DataError(f"the store {shown} holds no items", hint=f"fewrec ingest {shown} --items FILE adds some")
    recommender = Recommender(encoder, model, cache=store.vector_cache_path, seed=seed, progress=progress)
    recommender.fit_dataset(data, history=store)
    meta = {"encoder": recommender.names[0], "model": model, "seed": seed, "revision": revision, "fewrec": __version__}
    return Fitted(store.save_fit(lambda folder: recommender.save(folder, history=False), meta), recommender)
