"""Which errors of a vector matter, and how far phrases usually lie from items."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fewrec.errors import EncoderMismatchError, SettingError
from fewrec.types import Matrix, Vector


def ranking_metric(items: Matrix, ranking_share: float) -> Matrix:
    """(d, d) S with |vS|² = (1 - share) |v|² + share · d · (mean square of the centred item scores of v), S symmetric.

    The second term counts what an error in v does to the ranking of the items; a shift of all scores alike costs nothing.
    Both terms have the trace d, so that the share weighs like with like.
    """
    d = items.shape[1]
    centred = items - items.mean(axis=0) if len(items) else items
    scatter = centred.T.astype(np.float64) @ centred  # (d, d)
    trace = float(np.trace(scatter))
    if trace <= 0:
        return np.eye(d, dtype=np.float32)
    values, axes = np.linalg.eigh(scatter * (d / trace))
    root = np.sqrt((1 - ranking_share) + ranking_share * np.maximum(values, 0.0))
    return np.asarray((axes * root) @ axes.T, dtype=np.float32)


def usual_cosines(phrases: Matrix, items: Matrix) -> tuple[Vector, Vector]:
    """Mean and standard deviation, each (p,), of every phrase's cosine with the items; both zero without items."""
    if not len(items):
        return np.zeros(len(phrases), dtype=np.float32), np.zeros(len(phrases), dtype=np.float32)
    centre = items.mean(axis=0)  # (d,)
    scatter = (items - centre).T @ (items - centre) / len(items)  # (d, d)
    variance = np.einsum("pd,de,pe->p", phrases, scatter, phrases, optimize=True)
    return phrases @ centre, np.sqrt(np.maximum(variance, 0.0))


def likeness(occurs: sparse.csr_matrix, items: Matrix, known: Matrix) -> Vector:
    """(p,) how alike the items are that hold each phrase: about 1 for items drawn at random, more where the phrase is about something.

    ``occurs`` (p, m) over ``items`` (m, d); ``known`` (known, d) are those by which the usual is judged. The squared length of the mean of
    n random items around the catalogue's mean is on average their mean square divided by n. At most two holders say nothing: 1.
    """
    found = np.ones(occurs.shape[0], dtype=np.float32)
    if not len(known):
        return found
    centre = known.mean(axis=0)
    usual = float(((known - centre) ** 2).sum(axis=1).mean())
    holders = np.asarray(occurs.sum(axis=1), dtype=np.float32).ravel()
    enough = np.flatnonzero(holders > 2)
    if usual > 0 and len(enough):
        sums = occurs[enough] @ items - holders[enough, None] * centre  # (enough, d)
        found[enough] = (sums**2).sum(axis=1) / (holders[enough] * usual)
    return found


def unit_vector(vector: Vector, dimensions: int) -> Vector | None:
    """(d,) of length 1, or None for the zero vector.

    Raises:
        EncoderMismatchError: the vector has another shape than (``dimensions``,).
        SettingError: it holds NaN or infinity.
    """
    vector = np.asarray(vector, dtype=np.float32)
    if vector.shape != (dimensions,):
        raise EncoderMismatchError(
            f"found a vector of shape {vector.shape}, expected ({dimensions},)",
            hint="decode vectors of the encoder that encoded the catalogue",
        )
    if not np.isfinite(vector).all():
        raise SettingError("the vector to decode holds NaN or infinity", hint="check how it was computed")
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else None
