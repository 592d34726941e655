"""A user's data, gone from everywhere in a store: rows, per-user files, and the vectors of what was written."""

from __future__ import annotations

from fewrec.encoders import VectorCache
from fewrec.store import ForgetCounts, Store
from fewrec.text import mask, parse_statement


def forget_user(store: Store, user: str) -> ForgetCounts:
    """Erase a user's events and statements from the store and its vector cache.

    Raises:
        UnknownUserError: there is nothing about this user.
    """
    texts = _texts_of(store, user)
    counts = store.forget(user)
    if texts and store.vector_cache_path.exists():
        with VectorCache(store.vector_cache_path) as cache:
            cache.remove(texts)
    return counts


def _texts_of(store: Store, user: str) -> list[str]:
    """What a user wrote, as it may have been encoded: whole, masked, and the topic of every claim."""
    written = [*store.events_of(user)["text"].drop_nulls(), *store.statements_of(user)["text"]]
    masked = [mask(text).text for text in written]
    topics = [claim.topic for text in masked for claim in parse_statement(text)]
    return list(dict.fromkeys([*written, *masked, *topics]))
