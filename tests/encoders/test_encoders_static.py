"""The static student that ships: the contract, its teacher's space, and clear errors about damaged files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fewrec.encoders import MultilingualEncoder, StaticConfig, StaticEncoder, encoder_for, encoder_names, load_encoder
from fewrec.encoders.static import SHIPPED
from fewrec.encoders.static_files import DOCUMENT, FILES, PIECES, WEIGHTS, quantise
from fewrec.encoders.static_pieces import Pieces, plain
from fewrec.errors import ModelLoadError, SettingError
from fewrec.types import Encoder

from .contract import HARD, SENTENCES, EncoderContract


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(progress=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "student"))


class TestContract(EncoderContract):
    @pytest.fixture
    def again(self) -> Callable[[], Encoder]:
        return lambda: StaticEncoder(StaticConfig(threads=1))  # threads are speed only

    @pytest.fixture
    def changed(self) -> Encoder:
        return StaticEncoder(StaticConfig(max_tokens=64))


def test_it_is_registered_and_small_enough_to_ship(encoder: StaticEncoder) -> None:
    assert "fast" in dict(encoder_names())
    assert load_encoder("fast").fingerprint == encoder.fingerprint
    assert sum((SHIPPED / name).stat().st_size for name in FILES) <= 20_000_000
    assert "CC BY-SA 4.0" in (SHIPPED / "NOTICE.md").read_text(encoding="utf-8")


def test_it_lives_in_its_teachers_space(encoder: StaticEncoder) -> None:
    texts = ["science fiction", "恐怖电影", "a love story in Paris", "青花瓷茶具", "racing game", "how to bake bread", "战争"]
    cosines = encoder.encode(texts) @ MultilingualEncoder(progress=False).encode(texts).T
    assert cosines.argmax(axis=1).tolist() == list(range(len(texts)))
    assert np.diagonal(cosines).min() > 0.6


def test_the_same_meaning_in_chinese_and_english_is_nearest(encoder: StaticEncoder) -> None:
    chinese = ["我对科幻片很感兴趣", "这部恐怖片太吓人了", "适合全家看的动画片", "我想学做意大利菜", "战争年代的爱情故事"]
    english = [
        "I am very interested in science fiction films",
        "This horror film is too scary",
        "An animated film for the whole family",
        "I want to learn to cook Italian food",
        "A love story in times of war",
    ]
    assert (encoder.encode(chinese) @ encoder.encode(english).T).argmax(axis=1).tolist() == [0, 1, 2, 3, 4]


def test_pieces_of_remembered_words_are_those_of_the_whole_text(encoder: StaticEncoder) -> None:
    pieces = Pieces(SHIPPED / PIECES)
    for text in [*SENTENCES, *(text for text in HARD if "\ud83d" not in text), "the same words the same words again"]:
        for _ in range(2):
            ids, begins = pieces.flat([text], 512)
            assert ids.tolist() == pieces._model.encode(plain(text)), text
            assert begins.tolist() == [0, len(ids)]


def test_punctuation_does_not_matter_but_a_text_of_nothing_else_is_still_a_text(encoder: StaticEncoder) -> None:
    np.testing.assert_array_equal(encoder.encode(["Alien: Covenant (2017)!"]), encoder.encode(["Alien Covenant 2017"]))
    assert np.linalg.norm(encoder.encode(["?!"])[0]) == pytest.approx(1)


def test_reads_no_more_than_max_tokens() -> None:
    short = StaticEncoder(StaticConfig(max_tokens=5))
    np.testing.assert_array_equal(
        short.encode(["one two three four five six"]), short.encode(["one two three four five seven"])
    )


def test_a_full_memory_of_words_changes_nothing(encoder: StaticEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fewrec.encoders.static_pieces._WORDS_KEPT", 3)
    np.testing.assert_array_equal(StaticEncoder(progress=False).encode(SENTENCES), encoder.encode(SENTENCES))


def test_quantised_rows_are_within_half_a_step() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    rows[3] = 0
    whole, scales = quantise(rows)
    assert whole.dtype == np.int8
    assert np.all(np.abs(whole * scales[:, None] - rows) <= scales[:, None] * 0.501)
    assert not whole[3].any()


def test_the_fingerprint_is_of_the_files_not_of_their_place(encoder: StaticEncoder, copied: Path) -> None:
    elsewhere = StaticEncoder(StaticConfig(folder=copied))
    assert elsewhere.name == f"static:{copied}"
    assert load_encoder(elsewhere.name).fingerprint == encoder.fingerprint


@pytest.mark.parametrize("name", FILES)
def test_a_folder_without_one_of_the_files_is_no_student(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ModelLoadError, match=name) as caught:
        load_encoder(f"static:{copied}")
    assert "learn distill" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (WEIGHTS, b"PK\x03\x04 cut off", "is damaged"),
        (WEIGHTS, b"", "is damaged"),
        (PIECES, b"no model", "not a SentencePiece model"),
        (DOCUMENT, b"{", "cannot be read"),
        (DOCUMENT, b'{"format": 99}', "format 99"),
    ],
)
def test_damaged_files_are_errors_that_say_so(copied: Path, name: str, content: bytes, message: str) -> None:
    (copied / name).write_bytes(content)
    with pytest.raises(ModelLoadError, match=message):
        StaticEncoder(StaticConfig(folder=copied), progress=False).encode(["text"])


def test_weights_of_another_size_than_the_document_says_are_refused(copied: Path) -> None:
    document = json.loads((copied / DOCUMENT).read_text(encoding="utf-8"))
    (copied / DOCUMENT).write_text(json.dumps({**document, "pieces": 7}), encoding="utf-8")
    with pytest.raises(ModelLoadError, match="says otherwise"):
        StaticEncoder(StaticConfig(folder=copied)).encode(["text"])


def test_settings_outside_what_is_allowed_are_refused() -> None:
    with pytest.raises(SettingError, match="at least 1"):
        StaticConfig(max_tokens=0)


def test_the_size_of_a_catalogue_chooses_the_encoder() -> None:
    assert encoder_for(20_000) == "default"
    assert encoder_for(20_001) == "fast"
