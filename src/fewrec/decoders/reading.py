"""Texts read back into the encoder's space by somebody who knows the catalogue: the inverse of a decoder, for any decoder's texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fewrec.decoders.expectation import Expectation
from fewrec.decoders.fields import script
from fewrec.decoders.records import Records
from fewrec.types import Decoded, Matrix


class CatalogueReader:
    """Where the phrases of a text point: the weighted sum of the items expected behind them.

    A phrase stands for the mean of the items in whose record it stands, shrunk towards what its own vector promises
    (:class:`~fewrec.decoders.expectation.Expectation`). Nothing but the phrases and their weights is used, so the reader may be
    asked about texts of people, of language models, and of the phrase decoder alike.
    """

    def __init__(
        self,
        expectation: Expectation,
        records: Records,
        encode: Callable[[Sequence[str]], Matrix],
        *,
        prior_items: float = 0.5,
    ) -> None:
        """``encode``: texts -> (len, d) unit rows; ``prior_items`` > 0: items that weigh as much as a phrase's own vector."""
        self._expectation, self._records, self._encode, self._prior = expectation, records, encode, prior_items

    def read(self, decoded: Sequence[Decoded]) -> Matrix:
        """(b, d) unit rows; all zero for a text without phrases."""
        texts = sorted({phrase.text for each in decoded for phrase in each.phrases})
        number = {text: place for place, text in enumerate(texts)}
        own = self._encode(texts) if texts else np.zeros((0, self._expectation.dimensions), dtype=np.float32)
        expected = np.zeros_like(own)
        for lang in ("zh", "en"):
            some = [place for place, text in enumerate(texts) if script(text) == lang]
            holders = [self._records.holders(texts[place]) for place in some]
            expected[some] = self._expectation.of_vectors(own[some], lang, holders, prior_items=self._prior)
        found = np.zeros((len(decoded), own.shape[1]), dtype=np.float32)
        for place, each in enumerate(decoded):
            for phrase in each.phrases:
                found[place] += phrase.weight * expected[number[phrase.text]]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Matrix = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return unit
