"""What happened to the catalogue since the fit: items that came, changed and went.

A new item has text and no past. Until the next fit it is the mixture of the fitted items nearest to it in text, with weights w (those
by which the taste model lets sparse items borrow), and what the text says beyond the mixture counts as the taste model counts it:

    score(j) = sum_b w_jb score(b) + unit * sum_o alpha_o c s_o s_j (t(j,o) - sum_b w_jb t(b,o))      c = shrinkage / (n + shrinkage)

Both sums are linear in the model's own, so this works with any model, and reasons add up. An event on a new item is an observation at
the point of its text, as a statement is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from fewrec.models.taste.similarity import TextSpace, nearest
from fewrec.preparation import text_fields
from fewrec.recommender import Recommender
from fewrec.store.changes import ItemChanges
from fewrec.types import Catalogue, Matrix

N_NEIGHBOURS = 20
LEXICAL_SHARE = 0.5
"""Of exact words in choosing neighbours: the taste model's own choice for items that borrow."""


@dataclass(frozen=True)
class NewItems:
    """n items that are not in the fit."""

    points: Catalogue
    """(n) their texts, vectors and words in the fitted spaces."""
    near: sparse.csr_matrix
    """(n, m) weights over fitted items; rows sum to 1, or to 0 where there is no text."""
    dense_beyond: Matrix
    """(n, d) centred vector minus the mixture's."""
    lexical_beyond: sparse.csr_matrix
    """(n, v) the same for words."""

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class Overlay:
    """The difference between the store's catalogue at ``revision`` and the fitted one."""

    revision: int
    new_items: NewItems | None = None
    changed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Fitted items whose columns are others now. Their vectors stay those of the fit."""
    gone: frozenset[str] = frozenset()
    """Fitted items that were deleted."""

    def after(self, revision: int, changes: ItemChanges, recommender: Recommender) -> Overlay:
        """The overlay with further changes, at the cost of these alone."""
        fitted = recommender.catalogue.row_of
        changed, gone = dict(self.changed), set(self.gone)
        moved = {item_id for item_id, _ in changes.put} | set(changes.deleted)
        come = [(item_id, text_fields(fields)) for item_id, fields in changes.put if item_id not in fitted]
        for item_id, fields in changes.put:
            if item_id in fitted:
                gone.discard(item_id)
                columns = text_fields(fields)
                if columns != recommender.catalogue.fields[fitted[item_id]]:
                    changed[item_id] = columns
                else:
                    changed.pop(item_id, None)
        for item_id in changes.deleted:
            if item_id in fitted:
                gone.add(item_id)
                changed.pop(item_id, None)
        old = self.new_items
        if old is not None and any(item_id in moved for item_id in old.points.ids):
            old = _kept(old, [row for row, item_id in enumerate(old.points.ids) if item_id not in moved])
        new = placed(recommender, come) if come else None
        together = new if old is None else old if new is None else _stacked(old, new)
        return Overlay(revision, together, changed, frozenset(gone))


def placed(recommender: Recommender, items: Sequence[tuple[str, Mapping[str, str]]]) -> NewItems:
    """Put items that are not in the fit beside those that are."""
    points = recommender.place([item_id for item_id, _ in items], [fields for _, fields in items])
    space = TextSpace.of(recommender.catalogue)
    dense = space.place(points.vectors)
    alike = (1 - LEXICAL_SHARE) * np.maximum(dense @ space.dense.T, 0)
    if space.lexical.nnz and points.lexical.nnz:
        alike += LEXICAL_SHARE * (points.lexical @ space.lexical.T).toarray()
    near = nearest(alike, N_NEIGHBOURS)
    return NewItems(points, near, dense - near @ space.dense, (points.lexical - near @ space.lexical).tocsr())


def _kept(new_items: NewItems, rows: Sequence[int]) -> NewItems | None:
    if not rows:
        return None
    where, points = np.asarray(rows), new_items.points
    return NewItems(
        Catalogue(
            tuple(points.ids[row] for row in rows),
            tuple(points.titles[row] for row in rows),
            tuple(points.texts[row] for row in rows),
            points.vectors[where],
            points.lexical[where],
            tuple(points.fields[row] for row in rows),
            points.fingerprint,
        ),
        new_items.near[where],
        new_items.dense_beyond[where],
        new_items.lexical_beyond[where],
    )


def _stacked(old: NewItems, new: NewItems) -> NewItems:
    a, b = old.points, new.points
    return NewItems(
        Catalogue(
            a.ids + b.ids,
            a.titles + b.titles,
            a.texts + b.texts,
            np.concatenate([a.vectors, b.vectors]),
            sparse.vstack([a.lexical, b.lexical], format="csr"),
            a.fields + b.fields,
            a.fingerprint,
        ),
        sparse.vstack([old.near, new.near], format="csr"),
        np.concatenate([old.dense_beyond, new.dense_beyond]),
        sparse.vstack([old.lexical_beyond, new.lexical_beyond], format="csr"),
    )
