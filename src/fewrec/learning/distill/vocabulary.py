"""The student's vocabulary: a SentencePiece unigram model of the texts."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from fewrec.encoders.static_pieces import plain

_LONGEST = 2_000  # bytes of a text that the trainer reads; it warns above 4,192


def train_pieces(texts: Iterable[str], path: Path, *, size: int, threads: int) -> None:
    """Write a unigram model of at most ``size`` pieces to ``path``, in one step, so that a kill leaves none or all of it.

    Letters are folded to lower case and full width to half width; characters outside the vocabulary fall to bytes.
    Source: Kudo, Subword Regularization, ACL 2018.
    """
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(plain(text).encode("utf-8", "replace").decode()[:_LONGEST] for text in texts),
        model_writer=model,
        model_type="unigram",
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=0.9998,
        byte_fallback=True,
        normalization_rule_name="nmt_nfkc_cf",
        max_sentence_length=8 * _LONGEST,
        num_threads=threads,
        bos_id=-1,
        eos_id=-1,
        minloglevel=2,
    )
    partial = path.with_suffix(".partial")
    partial.write_bytes(model.getvalue())
    partial.replace(path)
