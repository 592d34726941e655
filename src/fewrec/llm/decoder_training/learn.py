"""``learn decoder``: from a fitted catalogue to a folder that reads its encoder's vectors aloud."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from fewrec.decoders import PhraseVocabulary
from fewrec.errors import DataError, MissingExtraError, SettingError
from fewrec.llm.decoder.config import LMDecoderConfig
from fewrec.llm.decoder.files import DOCUMENT, Head, save
from fewrec.llm.decoder_training.pairs import PairConfig, Pairs, item_pairs, make_pairs
from fewrec.llm.decoder_training.records import Records
from fewrec.types import Catalogue, Encoder, Interactions

_TRAINING = "training"


@dataclass(frozen=True, kw_only=True)
class LearnConfig:
    """Settings of :func:`learn_decoder`."""

    pairs: PairConfig = field(default_factory=PairConfig)
    training: dict[str, object] = field(default_factory=dict)
    """Settings of :class:`~fewrec.llm.decoder_training.training.TrainingConfig` that differ from its defaults."""
    warmup: dict[str, object] = field(default_factory=dict)
    """The same for :class:`~fewrec.llm.decoder_training.warmup.WarmupConfig`."""
    held_out: float = 0.1
    """Share of the items that validate, in (0, 1): neither they nor mixtures with them are trained on."""
    max_validation: int = 96
    """Validation pairs at most, >= 1."""


def learn_decoder(
    catalogue: Catalogue,
    interactions: Interactions,
    vocabulary: PhraseVocabulary,
    encoder: Encoder,
    folder: Path,
    *,
    lang: str,
    config: LMDecoderConfig,
    learning: LearnConfig = LearnConfig(),
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Head:
    """Train a soft-prompt adapter for ``config.lm`` on ``catalogue`` (vectors of ``encoder``) and save it in ``folder``.

    The language model is not changed (LoRA's updates, if asked for, are kept beside it). An interrupted training is taken up again by
    the same call.

    Raises:
        DataError: too few items say anything.
        MissingExtraError: torch, transformers or peft is not installed.
        ModelLoadError: the language model cannot be had, or is not one that continues a text.
        SettingError: the folder holds a decoder already, or a training with other settings.
    """
    try:
        from fewrec.llm.decoder.conditioned import ConditionedLM
        from fewrec.llm.decoder.loading import load_causal_lm
        from fewrec.llm.decoder_training.training import TrainingConfig, train
        from fewrec.llm.decoder_training.warmup import WarmupConfig, warm_up
    except ModuleNotFoundError as error:
        raise MissingExtraError("learning a decoder", "llm") from error
    import torch

    tell = progress or (lambda _: None)
    if (folder / DOCUMENT).exists() and not (folder / _TRAINING).exists():
        raise SettingError(f"{folder} holds a decoder already", hint="give another --out, or remove the folder")
    training, warming = TrainingConfig(**learning.training), WarmupConfig(**learning.warmup)  # type: ignore[arg-type]
    loaded = load_causal_lm(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        conditioned = ConditionedLM(loaded, config, catalogue.vectors.shape[1], lang)
    records = Records.of(catalogue, vocabulary, lang)
    train_rows, held_out = _divided(catalogue, learning.held_out, seed)
    tell(f"making {learning.pairs.n_pairs:,} pairs from {len(train_rows):,} items; {len(held_out):,} items validate")
    rng = np.random.default_rng(seed)
    pairs = make_pairs(catalogue, interactions, records, train_rows, encode=encoder.encode, rng=rng, config=learning.pairs)
    validation = item_pairs(catalogue, records, held_out)
    if not len(pairs) or not len(validation):
        raise DataError(
            f"of {len(catalogue):,} items {len(pairs)} pairs to train on and {len(validation)} to validate came out",
            hint="a decoder learns from items with genres, names or descriptions; a title alone will do if there are hundreds",
        )
    validation = _first(validation, learning.max_validation)
    settings = {
        "config": config.to_json(),
        "learning": asdict(replace(learning, training={**asdict(training), "max_minutes": None})),
        "seed": seed,
        "fingerprint": catalogue.fingerprint,
        "texts": hashlib.sha256("\n".join(pairs.texts).encode()).hexdigest(),
        "lm": loaded.identity,
    }
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    went = train(
        conditioned,
        pairs,
        validation,
        folder=folder / _TRAINING,
        key=key,
        seed=seed,
        progress=tell,
        before=lambda: warm_up(conditioned, pairs, validation, seed=seed, progress=tell, config=warming),
        config=training,
    )
    head = Head(
        replace(config, lm=_where(config.lm)),
        encoder.name,
        catalogue.fingerprint,
        int(catalogue.vectors.shape[1]),
        lang,
        loaded.identity,
        {**went, "pairs": len(pairs), "validation_pairs": len(validation), "seed": seed},
    )
    save(folder, head, conditioned.state())
    if went["finished"]:
        shutil.rmtree(folder / _TRAINING)
    return head


def _where(lm: str) -> str:
    """A folder under its full path, so that the decoder can be used from anywhere."""
    path = Path(lm).expanduser()
    return str(path.resolve()) if path.is_dir() else lm


def _divided(catalogue: Catalogue, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on and rows held out; items with the same text are on the same side."""
    if not 0 < share < 1:
        raise SettingError(f"found held_out={share}, expected more than 0 and less than 1")
    spoken = np.flatnonzero(np.linalg.norm(catalogue.vectors, axis=1) > 0)
    if len(spoken) < 2:
        raise DataError(f"{len(spoken)} of {len(catalogue)} items have a text", hint="a decoder learns from items' texts")
    order = np.random.default_rng([seed, 1]).permutation(spoken)
    held = order[: max(1, round(share * len(order)))]
    texts = {catalogue.texts[row] for row in held}
    same = np.asarray([catalogue.texts[row] in texts for row in spoken])
    if same.all():
        raise DataError("all items have the same text", hint="a decoder learns from what tells items apart")
    return spoken[~same], np.sort(held)


def _first(pairs: Pairs, n: int) -> Pairs:
    return Pairs(pairs.vectors[:n], pairs.kinds[:n], pairs.texts[:n])
