"""``round-trip``: are decoded texts true and informative? A second encoder scores them, beside control texts that cannot be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from fewrec.errors import DataError, SettingError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.decoder_api import BatchDecoder, CandidateDecoder, Kind, MaskableDecoder, TextScoring
from fewrec.evaluation.histories import Histories
from fewrec.evaluation.model_calls import Factory
from fewrec.evaluation.ordering import TieBreaker
from fewrec.evaluation.outcomes import Outcome
from fewrec.evaluation.protocols.base import DrawResult, described
from fewrec.evaluation.protocols.round_trip_scoring import DecodedUser, ItemScorer, UserScorer
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import RoundTripSettings
from fewrec.evaluation.splits import active_users, shuffled_users
from fewrec.types import Catalogue, Decoded, Interactions, Matrix, Rows

SHOWN = 3
"""Texts of each kind that the report shows."""


class RoundTrip:
    """Items are decoded from their own vectors, users from the mean vector of k random likes; nothing is trained on interactions.

    **Items**, ``warm``: any item with text, by the decoder that knows the whole catalogue; ``cold``: items of a fifth that the
    decoder has never seen. The text is encoded with the *second* encoder and must find its item among all; its phrases must stand in
    the item's record. Control ``masked`` (``:banned`` in names): a vocabulary without the words of the record.
    **Users**: the catalogue is ranked from the text alone and compared with the vector's ranking; control ``shuffled`` (``:stranger``):
    the text of another user. Rankings are by cosine around the catalogue's mean vector, as ``content`` has it.
    """

    name = "round-trip"

    def __init__(
        self,
        catalogue: Catalogue,
        interactions: Interactions,
        scoring: TextScoring,
        settings: RoundTripSettings | None = None,
        *,
        tested_items: Rows | None = None,
        tested_users: Rows | None = None,
    ) -> None:
        """Only items and users of these rows are tested, where given: the half on which nothing was chosen, say."""
        self.dataset = described(catalogue, interactions)
        settings = settings or RoundTripSettings()
        self.catalogue, self.interactions, self.scoring, self.settings = catalogue, interactions, scoring, settings
        if catalogue.fingerprint in {scoring.second.fingerprint}:
            raise SettingError(
                f"the second encoder is the first one ({scoring.second.name}): a text would be scored by the encoder it was written from",
                hint="choose another --second-encoder, trained by other users on other data",
            )
        self.lang = settings.lang or scoring.language
        self.sizes = [0]
        self.notes: list[str] = []
        self._histories = Histories(interactions)
        self._readable = np.flatnonzero(catalogue.vectors.any(axis=1))
        all_users = np.arange(interactions.n_users)
        self._tested_items = self._readable if tested_items is None else np.intersect1d(self._readable, tested_items)
        self._tested_users = all_users if tested_users is None else np.asarray(tested_users, dtype=np.int64)
        self._check()
        tested = f"{self._tested_items.tolist()} {self._tested_users.tolist()}"
        about = f"{tested} {scoring.second.fingerprint} {scoring.first.fingerprint} {self.lang}"
        self.data_hash = content_hash(catalogue, interactions, about)
        self.dataset |= {"lang": self.lang, "second_encoder": scoring.second.name}
        if scoring.genres is None:
            self.notes.append("no column of categories was found in the items: genre-named was not measured")

    def _check(self) -> None:
        least = self.settings.min_users
        n_cold = round(self.settings.held_out * len(self._readable))
        if n_cold < least or len(self._readable) - n_cold < least:
            raise DataError(
                f"{len(self._readable)} items have text, of which {n_cold} would be held out; expected at least {least} in each part",
                hint="a round trip among hundreds of items says something; smaller: min_users, held_out",
            )
        needed = min(self.settings.k) + self.settings.min_hidden
        able = self._able(min(self.settings.k))
        if len(able) < least:
            raise DataError(
                f"{len(able)} users have {needed} positives (k + min_hidden), expected at least {least}",
                hint="use more data, or a smaller k or min_hidden; a positive is a rating of at least 4 of 5, a like, a purchase, ...",
            )

    def _able(self, k: int) -> Rows:
        likes = np.asarray(self.interactions.likes.sum(axis=1)).ravel()
        active = np.intersect1d(active_users(self.interactions), self._tested_users)
        able: Rows = active[likes[active] >= k + self.settings.min_hidden]
        return able

    def draws(self, train_users: int) -> int:  # noqa: ARG002 - nothing is trained
        """Number of draws: one per seed."""
        return self.settings.draws()

    def key(self) -> dict[str, Any]:
        """The settings that change what a cell holds."""
        names = ("seed", "k", "min_hidden", "max_test_users", "max_items", "held_out", "item_phrases", "user_phrases")
        return {name: getattr(self.settings, name) for name in (*names, "min_users")} | {"lang": self.lang}

    def draw(self, number: int) -> RoundTripDraw:
        """Draw ``number``: its own items, held-out items, users, likes and unknown."""
        seed, cap = self.settings.seed, self.settings.max_items
        warm = derived_rng("items", seed, number).permutation(self._tested_items)[:cap]
        held_out = derived_rng("cold", seed, number).permutation(self._readable)[
            : round(self.settings.held_out * len(self._readable))
        ]
        users = {k: self._decoded_users(k, number) for k in sorted(set(self.settings.k))}
        cold = held_out[np.isin(held_out, self._tested_items)][:cap]
        return RoundTripDraw(self, number, warm, cold, held_out, users)

    def _decoded_users(self, k: int, number: int) -> list[DecodedUser]:
        order = shuffled_users(self.interactions, self._able(k), "tested", self.settings.seed, number)
        return [self._decoded_user(user, k, number) for user in order[: self.settings.max_test_users].tolist()]

    def _decoded_user(self, user: int, k: int, number: int) -> DecodedUser:
        user_id, positives = self.interactions.user_ids[user], self._histories[user].positives
        order = derived_rng("reveal", self.settings.seed, number, user_id).permutation(len(positives))
        return DecodedUser(user, user_id, positives[np.sort(order[:k])], positives[np.sort(order[k:])])


@dataclass(frozen=True)
class RoundTripDraw:
    """One draw: the items and users that are decoded."""

    protocol: RoundTrip
    number: int
    warm: Rows
    cold: Rows
    """Held-out items that are decoded by a decoder that has seen none of ..."""
    held_out: Rows
    """... these."""
    users: dict[int, list[DecodedUser]]

    def run(self, make: Factory, train_users: int, rng: np.random.Generator) -> DrawResult:  # noqa: ARG002
        """Decode and score all items and users of the draw. ``rng`` is not used: decoding is deterministic."""
        candidate: object = make()
        if not isinstance(candidate, CandidateDecoder):
            raise SettingError(
                f"{getattr(candidate, 'name', type(candidate).__name__)} is no decoder",
                hint="round-trip tests decoders: phrases, and the controls phrases:banned and phrases:stranger",
            )
        started = perf_counter()
        decoder = candidate.make()
        result = DrawResult(perf_counter() - started, [])
        self._items(candidate, decoder, result)
        if candidate.control != "masked":
            self._users(candidate, decoder, result)
        return result

    def _items(self, candidate: CandidateDecoder, decoder: BatchDecoder, result: DrawResult) -> None:
        protocol = self.protocol
        tests = [("warm", self.warm, decoder)]
        if not candidate.control:
            unseen = decoder.without_items(self.held_out)
            if unseen is None:
                result.notes.append("a decoder that cannot forget items has no results on held-out ones")
            else:
                tests.append(("cold", self.cold, unseen))
        scorer = ItemScorer(protocol.scoring, protocol.catalogue.titles)
        for items, rows, knowing in tests:
            decoded, rate = self._decoded(candidate, knowing, protocol.catalogue.vectors[rows], rows, "item")
            if candidate.control == "shuffled":
                decoded = decoded[1:] + decoded[:1]
            result.outcomes.append(Outcome("results", 1, items, rate, scorer.score(rows, decoded)))
            for row, text in zip(rows[: SHOWN if self.number == 0 else 0].tolist(), decoded, strict=False):
                about = protocol.catalogue.titles[row]
                result.samples.append({"kind": "item", "items": items, "about": about, "text": text.text})

    def _users(self, candidate: CandidateDecoder, decoder: BatchDecoder, result: DrawResult) -> None:
        protocol = self.protocol
        ties = TieBreaker(len(protocol.catalogue), protocol.settings.seed, self.number)
        scorer = UserScorer(protocol.scoring, protocol.catalogue, ties)
        for k, users in self.users.items():
            if len(users) < protocol.settings.min_users:
                result.notes.append(f"k = {k}: fewer than {protocol.settings.min_users} users; left out")
                continue
            vectors = scorer.vectors(users)
            decoded, rate = self._decoded(candidate, decoder, vectors, None, "user")
            if candidate.control == "shuffled":  # users stand in random order
                decoded = decoded[1:] + decoded[:1]
            result.outcomes.append(Outcome("results", k, "all", rate, scorer.score(users, vectors, decoded)))
            for user, text in zip(users[: SHOWN if self.number == 0 else 0], decoded, strict=False):
                about = " · ".join(protocol.catalogue.titles[row] for row in user.liked.tolist())
                result.samples.append({"kind": "user", "items": "all", "about": about, "text": text.text})

    def _decoded(
        self, candidate: CandidateDecoder, decoder: BatchDecoder, vectors: Matrix, rows: Rows | None, kind: Kind
    ) -> tuple[list[Decoded], float]:
        """The texts, and vectors decoded a second."""
        settings = self.protocol.settings
        n_phrases = settings.item_phrases if kind == "item" else settings.user_phrases
        started = perf_counter()
        if candidate.control == "masked" and rows is not None:
            decoded = self._masked(decoder, vectors, rows, n_phrases)
        else:
            decoded = decoder.decode_all(vectors.copy(), lang=self.protocol.lang, n_phrases=n_phrases, kind=kind)
        rate = len(vectors) / max(perf_counter() - started, 1e-9)
        if len(decoded) != len(vectors):
            raise DataError(f"the decoder gave {len(decoded)} texts for {len(vectors)} vectors", hint="one text a vector")
        return decoded, rate

    def _masked(self, decoder: BatchDecoder, vectors: Matrix, rows: Rows, n_phrases: int) -> list[Decoded]:
        if not isinstance(decoder, MaskableDecoder):
            raise SettingError("this decoder cannot be forbidden words", hint="leave out its control with :banned")
        masked: Sequence[frozenset[str]] = [self.protocol.scoring.record_words(row) for row in rows.tolist()]
        return decoder.decode_masked(vectors.copy(), masked, lang=self.protocol.lang, n_phrases=n_phrases, kind="item")
