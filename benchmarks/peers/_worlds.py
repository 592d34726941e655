"""A catalogue and its interactions from files in the contract's columns."""

from __future__ import annotations

from pathlib import Path

from fewrec.data import read_events, read_items, to_interactions
from fewrec.encoders import load_encoder
from fewrec.preparation import prepare_catalogue
from fewrec.types import Catalogue, Interactions


def load(items: Path, events: Path, cache: Path | None = None) -> tuple[Catalogue, Interactions]:
    """Vectors come from the default encoder, and from ``cache`` (a file) where they were made before."""
    table, _ = read_items(items)
    catalogue, _ = prepare_catalogue(table, load_encoder("default", cache=cache))
    interactions, _ = to_interactions(read_events(events)[0], catalogue.ids)
    return catalogue, interactions
