"""Learning a decoder: pairs from the sample's films, and the whole of ``learn_decoder`` on a tiny random Llama."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fewrec import Recommender, sample
from fewrec.errors import DataError, MissingExtraError, SettingError
from fewrec.llm.decoder import LMDecoder, LMDecoderConfig
from fewrec.llm.decoder.clauses import read
from fewrec.llm.decoder_training import LearnConfig, PairConfig, Records, item_pairs, learn_decoder, make_pairs
from fewrec.testing import smollm2_folder, tiny_model
from fewrec.types import Interactions

N = 66


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    films = sample.load()
    return Recommender(model="popularity").fit(films.items, films.events)


@pytest.fixture(scope="module", params=["en", "zh"])
def records(request: pytest.FixtureRequest, recommender: Recommender) -> Records:
    return Records.of(recommender.catalogue, recommender.decoder.vocabulary, request.param)


@pytest.fixture(scope="module")
def lm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("lm"), "llama")


QUICK = LearnConfig(
    pairs=PairConfig(n_pairs=80), training={"n_steps": 4, "batch_size": 4, "eval_every": 2}, warmup={"n_epochs": 1}
)


def learn(recommender: Recommender, lm: Path, out: Path, learning: LearnConfig = QUICK, **settings: object):
    return learn_decoder(
        recommender.catalogue,
        recommender.interactions(),
        recommender.decoder.vocabulary,
        recommender.encoder,
        out,
        lang="en",
        config=LMDecoderConfig(lm=str(lm), n_prompts=4, n_hidden=16, max_new_tokens=20, **settings),
        learning=learning,
    )


def test_an_items_text_says_what_stands_in_its_record(recommender: Recommender, records: Records) -> None:
    catalogue = recommender.catalogue
    pairs = item_pairs(catalogue, records, np.arange(N))
    assert len(pairs) == N
    for row, (text, vector) in enumerate(zip(pairs.texts, pairs.vectors, strict=True)):
        np.testing.assert_array_equal(vector, catalogue.vectors[row])
        record = " ".join(catalogue.fields[row].values()).casefold()
        for clause in read(text, records.lang):
            for value in clause.values:
                assert all(part in record for part in value.casefold().split()), (value, record)
    interstellar = pairs.texts[catalogue.row_of["interstellar"]]
    assert ("Science Fiction" if records.lang == "en" else "科幻") in interstellar
    assert "2014" in interstellar


def test_pairs_come_from_the_rows_given_alone(recommender: Recommender, records: Records) -> None:
    catalogue, rows = recommender.catalogue, np.arange(20)
    config = PairConfig(n_pairs=200)
    pairs = make_pairs(
        catalogue,
        recommender.interactions(),
        records,
        rows,
        encode=recommender.encoder.encode,
        rng=np.random.default_rng(0),
        config=config,
    )
    assert set(pairs.kinds) == {"item", "user"}
    assert 100 < len(pairs) <= 200
    np.testing.assert_allclose(np.linalg.norm(pairs.vectors, axis=1), 1, atol=1e-4)
    known = {value for name in records.columns for row in rows for value in records.values[records.columns.index(name)][row]}
    labels = set(records.columns)
    for text in pairs.texts:
        for clause in read(text, records.lang):
            if clause.label in labels:
                assert {value for value in clause.values if "/" not in value} <= {v.replace(",", " ") for v in known}
    others = item_pairs(catalogue, records, np.arange(20, N))
    assert not {v.tobytes() for v in pairs.vectors} & {v.tobytes() for v in others.vectors}


def test_pairs_repeat_with_the_seed_and_need_no_users(recommender: Recommender, records: Records) -> None:
    def made(seed: int, interactions: Interactions):
        return make_pairs(
            recommender.catalogue,
            interactions,
            records,
            np.arange(N),
            encode=recommender.encoder.encode,
            rng=np.random.default_rng(seed),
            config=PairConfig(n_pairs=120),
        )

    nobody = Interactions.empty(N)
    first, again, other = made(1, nobody), made(1, nobody), made(2, nobody)
    assert first.texts == again.texts
    np.testing.assert_array_equal(first.vectors, again.vectors)
    assert first.texts != other.texts
    assert "user" in first.kinds


def test_a_decoder_is_learned_saved_and_used(recommender: Recommender, lm: Path, tmp_path: Path) -> None:
    head = learn(recommender, lm, tmp_path / "d", lora=2)
    assert head.fingerprint == recommender.catalogue.fingerprint
    assert head.trained["finished"] is True
    assert head.trained["steps"] == 4
    assert {file.name for file in (tmp_path / "d").iterdir()} == {"decoder.json", "adapter.safetensors"}
    found = recommender.describe(item="interstellar", lang="en", decoder=f"lm:{tmp_path / 'd'}")
    assert found.phrases
    assert found.text.startswith("About: ")
    taste = recommender.taste(like=["interstellar"])
    assert recommender.describe(taste, lang="en", decoder=f"lm:{tmp_path / 'd'}").text.startswith("Likes: ")
    with pytest.raises(SettingError, match="speaks en"):
        recommender.describe(item="interstellar", lang="zh", decoder=f"lm:{tmp_path / 'd'}")
    with pytest.raises(SettingError, match="holds a decoder already"):
        learn(recommender, lm, tmp_path / "d", lora=2)


def test_time_up_leaves_a_decoder_that_can_be_trained_on(recommender: Recommender, lm: Path, tmp_path: Path) -> None:
    hurried = replace(QUICK, training={**QUICK.training, "max_minutes": 1e-6})
    head = learn(recommender, lm, tmp_path / "d", hurried)
    assert head.trained["finished"] is False
    assert (tmp_path / "d" / "training").is_dir()
    LMDecoder.load(tmp_path / "d", recommender.encoder)
    ended = learn(recommender, lm, tmp_path / "d")
    straight = learn(recommender, lm, tmp_path / "e")
    assert ended.trained["steps"] == straight.trained["steps"] == 4
    assert ended.trained["validation_loss"] == pytest.approx(straight.trained["validation_loss"], abs=1e-6)


def test_what_cannot_be_learned_from_says_so(recommender: Recommender, lm: Path, tmp_path: Path) -> None:
    catalogue = recommender.catalogue
    silent = replace(catalogue, vectors=np.zeros_like(catalogue.vectors))
    with pytest.raises(DataError, match="0 of 66 items have a text"):
        learn_decoder(
            silent,
            recommender.interactions(),
            recommender.decoder.vocabulary,
            recommender.encoder,
            tmp_path,
            lang="en",
            config=LMDecoderConfig(lm=str(lm)),
        )


def test_a_missing_extra_says_how_to_install_it(
    recommender: Recommender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in list(sys.modules):
        if name.startswith(("fewrec.llm.decoder.", "fewrec.llm.decoder_training.t", "fewrec.llm.decoder_training.w")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError) as caught:
        learn(recommender, tmp_path, tmp_path / "d")
    assert caught.value.hint == "pip install 'fewrec[llm]'"


@pytest.mark.slow
def test_real_weights_learn_the_form(recommender: Recommender, tmp_path: Path) -> None:
    """SmolLM2-135M, sixty steps: the loss on held-out films falls, and what is said is in the form of the records."""
    told: list[str] = []
    head = learn_decoder(
        recommender.catalogue,
        recommender.interactions(),
        recommender.decoder.vocabulary,
        recommender.encoder,
        tmp_path / "d",
        lang="en",
        config=LMDecoderConfig(lm=str(smollm2_folder()), lora=8),
        learning=LearnConfig(
            pairs=PairConfig(n_pairs=800), training={"n_steps": 60, "batch_size": 8, "eval_every": 15, "n_warm": 5}
        ),
        progress=told.append,
    )
    start = float(next(line for line in told if line.startswith("step 0")).split("validation ")[1].split()[0])
    assert head.trained["validation_loss"] < start - 1
    decoder = LMDecoder.load(tmp_path / "d", recommender.encoder)
    found = decoder.decode_all(recommender.catalogue.vectors[:12], lang="en", kind="item")
    assert all(each.phrases for each in found)
    labels = {clause.label for each in found for clause in read(each.text.removeprefix("About: "), "en")}
    assert labels & {"genres_en", "year"}, found
