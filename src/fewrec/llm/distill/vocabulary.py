"""The student's vocabulary: a SentencePiece unigram model of the texts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from fewrec.encoders.static_pieces import plain
from fewrec.errors import SettingError

_TOO_SMALL = re.compile(r"smaller than required_chars\. \d+ vs (\d+)")
_LONGEST = 2_000  # bytes of a text that the trainer reads; it warns above 4,192


def train_pieces(texts: Iterable[str], path: Path, *, size: int, threads: int) -> None:
    """Write a unigram model of at most ``size`` pieces to ``path``, in one step, so that a kill leaves none or all of it.

    Letters are folded to lower case and full width to half width; characters outside the vocabulary fall to bytes.
    Source: Kudo, Subword Regularization, ACL 2018.

    Raises:
        SettingError: the texts hold more different characters than ``size``, as Chinese ones easily do.
    """
    import sentencepiece

    model = io.BytesIO()
    train = partial(
        sentencepiece.SentencePieceTrainer.train,
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
    try:
        train()
    except RuntimeError as error:
        found = _TOO_SMALL.search(str(error))
        if found is None:
            raise
        raise SettingError(
            f"found {size:,} pieces, expected at least {int(found[1]):,}: that many characters are in the texts",
            hint=f"use --pieces {int(found[1]) + size // 2} or more",
        ) from error
    unfinished = path.with_suffix(".partial")
    unfinished.write_bytes(model.getvalue())
    unfinished.replace(path)
