"""From files and stores to the arguments of a protocol. The command line hands over an :class:`InputSource`; a registry entry names the reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fewrec.evaluation.protocols.candidates import read_candidates
from fewrec.evaluation.protocols.prompts import read_prompts, read_users
from fewrec.evaluation.requests import read_requests
from fewrec.types import Catalogue, Dataset, Interactions

if TYPE_CHECKING:
    import polars as pl


class InputSource(Protocol):
    """What was named on the command line, read on demand and at most once."""

    def path(self, option: str) -> Path | None:
        """The file given for an option (``test_events``); None where it was not given."""

    @property
    def catalogue(self) -> Catalogue:
        """The encoded items of the store or of ``--items``."""

    @property
    def interactions(self) -> Interactions:
        """The events of the store or of ``--events``, by rows of :attr:`catalogue`."""

    @property
    def events(self) -> pl.DataFrame:
        """The table that :attr:`interactions` was made from."""

    @property
    def dataset(self) -> Dataset:
        """The tables of the store, or of ``--items`` and ``--events``."""

    def interactions_in(self, path: Path) -> Interactions:
        """Another file of events, by rows of :attr:`catalogue`."""

    def items_table(self) -> pl.DataFrame | None:
        """The table of ``--items``; None where it was not given."""

    def encode_items(self, items: pl.DataFrame) -> Catalogue:
        """A catalogue of another items table, with the encoder that was asked for."""


def read_data(source: InputSource) -> dict[str, Any]:
    """``catalogue`` and ``interactions``: all that most protocols take."""
    return {"catalogue": source.catalogue, "interactions": source.interactions}


def read_dated(source: InputSource) -> dict[str, Any]:
    """The data, and whether its timestamps are points in time."""
    from fewrec.data import is_time

    inputs = read_data(source)
    return {**inputs, "times_are_real": is_time(source.events["timestamp"].drop_nulls().to_numpy())}


def read_labels(source: InputSource) -> dict[str, Any]:
    """The data, and the test pairs."""
    return {**read_data(source), "test": source.interactions_in(required(source, "test_events"))}


def read_candidate_lists(source: InputSource) -> dict[str, Any]:
    """The data, and the users' candidates."""
    return {**read_data(source), "lists": read_candidates(required(source, "candidates"))}


def read_sentences(source: InputSource) -> dict[str, Any]:
    """The data with the items table, which the rules speak of, and the requests."""
    requests = read_requests(required(source, "requests"))
    return {**read_data(source), "items": source.dataset.items, "requests": requests}


def read_tallrec(source: InputSource) -> dict[str, Any]:
    """Prompts, their users where given, and item knowledge where ``--items`` names some."""
    train, valid, test = (read_prompts(required(source, name)) for name in ("train", "valid", "test"))
    users = source.path("test_users")
    return {
        "train": train,
        "valid": valid,
        "test": test,
        "make_catalogue": source.encode_items,
        "test_users": None if users is None else read_users(users),
        "items": source.items_table(),
    }


def required(source: InputSource, option: str) -> Path:
    """The file of an option that the protocol's entry says is required, which the command line has checked."""
    path = source.path(option)
    if path is None:
        raise ValueError(f"{option} is required and was not given")
    return path
