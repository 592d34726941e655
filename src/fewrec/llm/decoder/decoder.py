"""The LM decoder: a causal language model that is handed a vector and nothing else, and says it. Needs the extra ``llm``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.decoders.sentence import Kind, sentence
from fewrec.errors import EncoderMismatchError, MissingExtraError, ModelLoadError, SettingError
from fewrec.llm.decoder import choosing
from fewrec.llm.decoder.clauses import write
from fewrec.llm.decoder.files import Head, load_head, load_state
from fewrec.llm.decoder.values import Value
from fewrec.types import Decoded, Encoder, Matrix, Phrase, Vector

if TYPE_CHECKING:
    from fewrec.llm.decoder.conditioned import ConditionedLM


class LMDecoder:
    """Says vectors with a language model through a trained soft-prompt adapter (``fewrec learn decoder``).

    The model continues the adapter's prompt embeddings of the vector and the opening of a sentence; it knows neither the catalogue nor
    the item. What it says is then checked against the vector: the encoder reads the values, and those that do not bring their text
    nearer to the vector are left out.

    Implements :class:`fewrec.types.Decoder`.
    """

    def __init__(self, head: Head, conditioned: ConditionedLM, encoder: Encoder) -> None:
        if encoder.fingerprint != head.fingerprint:
            raise EncoderMismatchError(
                f"the decoder reads vectors of the encoder {head.encoder} ({head.fingerprint}), "
                f"not of {encoder.name} ({encoder.fingerprint})",
                hint="train a decoder for this encoder with fewrec learn decoder, or fit with the other encoder",
            )
        self.head = head
        self._conditioned = conditioned
        self._encode = encoder.encode

    @classmethod
    def load(cls, folder: str | Path, encoder: Encoder, **at_use: Any) -> LMDecoder:
        """Read what ``learn decoder`` wrote.

        ``at_use``: settings of :class:`~fewrec.llm.decoder.config.LMDecoderConfig` that may differ from training (``device``, ``dtype``, ``n_candidates``, ``batch_size``, ``lm`` where the model's folder has moved).

        Raises:
            EncoderMismatchError: it was trained on another encoder's vectors.
            MissingExtraError: torch or transformers is not installed.
            ModelLoadError: the folder, its adapter or the language model cannot be read, or do not belong together.
        """
        folder = Path(folder).expanduser()
        head = load_head(folder)
        if encoder.fingerprint != head.fingerprint:
            raise EncoderMismatchError(
                f"{folder} reads vectors of the encoder {head.encoder} ({head.fingerprint}), "
                f"not of {encoder.name} ({encoder.fingerprint})",
                hint="train a decoder for this encoder with fewrec learn decoder, or fit with the other encoder",
            )
        try:
            from fewrec.llm.decoder.conditioned import ConditionedLM
            from fewrec.llm.decoder.loading import load_causal_lm
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"the decoder lm:{folder}", "llm") from error
        config = head.config.at_use(**at_use)
        state = load_state(folder)
        loaded = load_causal_lm(config)
        if loaded.identity != head.identity:
            raise ModelLoadError(
                f"the language model {config.lm} is not the one that {folder} was trained with: its files have changed",
                hint="restore the model, or train the decoder again with fewrec learn decoder",
            )
        conditioned = ConditionedLM(loaded, config, head.n_inputs, head.lang)
        conditioned.load_state(state)
        conditioned.merge()
        return cls(replace(head, config=config), conditioned, encoder)

    def decode(self, vector: Vector, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> Decoded:
        """Say ``vector`` (d,), of any length, in at most ``n_phrases`` >= 1 values.

        Weights are cosines of the values to the vector (what is not above 0 becomes a hundredth), divided by their sum.
        """
        return self.decode_all(np.asarray(vector, dtype=np.float32)[None], lang=lang, n_phrases=n_phrases, kind=kind)[0]

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> list[Decoded]:
        """The same for each of ``vectors`` (b, d). A zero vector, about which nothing is known, gives a text that says so.

        Raises:
            SettingError: the decoder does not speak ``lang``, or a vector holds NaN or infinity.
            EncoderMismatchError: the vectors have another size.
        """
        self._check(vectors, lang, n_phrases)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        spoken = np.flatnonzero(lengths[:, 0] > 0)
        unit = (vectors[spoken] / lengths[spoken]).astype(np.float32)
        found = [Decoded(lang, sentence([], lang=lang, kind=kind), ())] * len(vectors)
        for row, decoded in zip(spoken, self._decode(unit, lang, n_phrases, kind), strict=True):
            found[row] = decoded
        return found

    def _decode(self, unit: Matrix, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        from fewrec.llm.decoder.generating import write_texts

        config = self._conditioned.config
        found = []
        for vector, texts in zip(
            unit, write_texts(self._conditioned, unit, kind, n_drawn=config.n_candidates - 1), strict=True
        ):
            said = choosing.candidates(texts)
            if not said:  # nothing but marks: the first token holds a letter or digit, so this takes a very odd model
                found.append(Decoded(lang, sentence([], lang=lang, kind=kind), ()))
                continue
            chosen = choosing.by_cosine(
                said,
                vector,
                n_phrases,
                lang,
                self._encode,
                gain=config.least_gain,
                confidence=config.least_confidence,
            )
            found.append(self._said(chosen, vector, lang, kind))
        return found

    def _said(self, values: Sequence[Value], vector: Vector, lang: str, kind: Kind) -> Decoded:
        cosines = np.maximum(self._encode([value.text for value in values]) @ vector, 0.01)
        weights = cosines / cosines.sum()
        order = np.argsort(-weights, kind="stable")
        ranked = [values[i] for i in order]
        text = sentence([write(choosing.clauses(ranked), lang)[:-1]], lang=lang, kind=kind)
        return Decoded(lang, text, tuple(Phrase(values[i].text, float(weights[i])) for i in order))

    def _check(self, vectors: Matrix, lang: str, n_phrases: int) -> None:
        if lang != self.head.lang:
            raise SettingError(
                f"this decoder speaks {self.head.lang}, the language of the catalogue it learned from, not {lang!r}",
                hint=f"pass --lang {self.head.lang}, or use --decoder phrases, which speaks zh and en",
            )
        if n_phrases < 1:
            raise SettingError(f"found n_phrases={n_phrases}, expected at least 1")
        if vectors.ndim != 2 or vectors.shape[1] != self.head.n_inputs:
            raise EncoderMismatchError(
                f"found vectors of shape {vectors.shape}, expected (b, {self.head.n_inputs})",
                hint=f"decode vectors of the encoder {self.head.encoder}",
            )
        if not np.isfinite(vectors).all():
            raise SettingError("a vector to decode holds NaN or infinity", hint="check how it was computed")
