"""The prompt test: parsing, titles, shots, and answers given one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from evaluation_worlds import Constant, catalogue_of
from hypothesis import given
from hypothesis import strategies as st

from fewrec.encoders import LexicalSpace
from fewrec.errors import DataError
from fewrec.evaluation import Episode, Prompt, Run, TallrecSettings, evaluate, read_prompts, read_users
from fewrec.evaluation.protocols.tallrec import Tallrec, interactions_of, items_table
from fewrec.evaluation.protocols.titles import match_titles, title_key
from fewrec.models.registry import make_model
from fewrec.text import content_words
from fewrec.types import Catalogue, Examples

QUIET = Run(progress=False)


def written(liked: Sequence[str], disliked: Sequence[str], target: str, kind: str = "movie") -> str:
    lists = [", ".join(f'"{title}"' for title in part) for part in (liked, disliked)]
    return (
        f'User Preference: {lists[0]}\nUser Unpreference: {lists[1]}\nWhether the user will like the target {kind} "{target}"?'
    )


def file_of(tmp_path: Path, *rows: tuple[str, str]) -> Path:
    file = tmp_path / "prompts.json"
    file.write_text(
        json.dumps([{"instruction": "...", "input": text, "output": output} for text, output in rows]), encoding="utf-8"
    )
    return file


def test_difficult_titles(tmp_path: Path) -> None:
    liked = [
        '"Crocodile" Dundee (1986)',
        "Good, The Bad, The (1966)",
        "A Tale written by Hand (1990)",
        'Said "Yes", She (1990)',
        "霸王别姬 (1993)",
    ]
    file = file_of(tmp_path, (written(liked, [], 'Ends with "it"'), "Yes."), (written([], [], "X, The?"), "No."))
    first, second = read_prompts(file)
    assert first == Prompt(tuple(liked), (), 'Ends with "it"', True)
    assert second == Prompt((), (), "X, The?", False)


def test_a_title_that_holds_the_separator_is_joined_where_it_is_a_target(tmp_path: Path) -> None:
    odd = 'Love", "Hate (1999)'
    file = file_of(tmp_path, (written(["A", odd, "B"], [], "T"), "Yes."), (written([], [], odd), "No."))
    assert read_prompts(file)[0].liked == ("A", odd, "B")


def test_books_have_authors(tmp_path: Path) -> None:
    text = (
        'User Preference: "War, and "Peace"" written by Leo Tolstoy, "It" written by Stephen King\nUser Unpreference: \n'
        'Whether the user will like the target book "The Odd written by Job" written by C. P. Snow?'
    )
    (prompt,) = read_prompts(file_of(tmp_path, (text, "No.")))
    assert prompt.liked == ('War, and "Peace" written by Leo Tolstoy', "It written by Stephen King")
    assert prompt.target == "The Odd written by Job written by C. P. Snow"


@given(
    st.lists(
        st.text(
            st.characters(exclude_characters='"\n\r\x1c\x1d\x1e\x85\u2028\u2029\x0b\x0c', exclude_categories=["Cs"]), min_size=1
        ),
        max_size=6,
    )
)
def test_any_titles_without_quotes_survive(titles: list[str]) -> None:
    from fewrec.evaluation.protocols.prompts import _items

    text = ", ".join(f'"{title}"' for title in titles)
    assert _items(text, set(), Path("p"), 0) == tuple(titles)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{}", "holds a dict, expected a JSON list"),
        ("[", "is not JSON"),
        ("[]", "holds no prompt"),
        ('[{"input": "hello", "output": "Yes."}]', "row 0: found .*expected an input with 'User Preference"),
        (
            json.dumps([{"input": written(["A"], [], "T"), "output": "Maybe"}]),
            "row 0: output is 'Maybe', expected 'Yes.' or 'No.'",
        ),
        (
            json.dumps([{"input": written(["A"], [], "T").replace('"A"', "A"), "output": "Yes."}]),
            "row 0: found 'A', expected titles in quotes",
        ),
    ],
)
def test_bad_files_say_where(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "p.json"
    file.write_text(content)
    with pytest.raises(DataError, match=says):
        read_prompts(file)


def test_titles_are_matched_by_words_and_year() -> None:
    assert title_key("Perez Family, The (1995)") == title_key("The Perez Family (1995)") == ("the perez family", 1995)
    known = [
        ("The Perez Family", 1995),
        ("Sabrina", 1995),
        ("Sabrina", 1954),
        ("Le Grand Bleu", 1988),
        ("Twins", 1988),
        ("Twins", 1988),
        ("2001", None),
    ]
    asked = [
        "Perez Family, The (1995)",
        "Sabrina (1954)",
        "Sabrina",
        "Big Blue, The (Grand Bleu, Le) (1988)",
        "Twins (1988)",
        "2001",
        "Twins (1970)",
    ]
    assert match_titles(asked, known) == [0, 2, None, 3, 4, 6, None]


def prompts_of(n: int, seed: int, name: str) -> list[Prompt]:
    """Even users like even titles: the answer can be read off the history."""
    rng = np.random.default_rng(seed)
    prompts = []
    for _ in range(n):
        side = int(rng.integers(2))
        titles = rng.permutation(40)[:7]
        told, target = titles[:6], int(titles[6])
        liked = tuple(f"t{t:02d}" for t in told if t % 2 == side)
        disliked = tuple(f"t{t:02d}" for t in told if t % 2 != side)
        prompts.append(Prompt(liked, disliked, f"t{target:02d}", target % 2 == side))
    return prompts


def make_catalogue(table: pl.DataFrame) -> Catalogue:
    base = catalogue_of(table.height)
    ids = tuple(table["item_id"])
    return Catalogue(ids, tuple(table["title"]), ids, base.vectors, base.lexical, base.fields, "test")


class Fraction(Constant):
    name = "liked-fraction"

    def predict(self, examples: Sequence[Examples], rows: np.ndarray) -> np.ndarray:
        return np.asarray([float((e.utility > 0).mean()) if len(e) else 0.5 for e in examples])


class Rule(Constant):
    """Learns from episodes; counts how many it was asked at once."""

    name = "auto"
    episodes: list[Episode]
    most = 0

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Episode], valid: Sequence[Episode], *, rng: np.random.Generator
    ) -> Rule:
        self.parity = np.asarray([int(title[1:]) % 2 for title in catalogue.ids])
        type(self).episodes = list(episodes)
        type(self).valid = list(valid)
        self.n_items = len(catalogue)
        return self

    def predict(self, examples: Sequence[Examples], rows: np.ndarray) -> np.ndarray:
        type(self).most = max(self.most, len(examples))
        sides = [
            np.sum(e.utility * (1 - 2 * self.parity[e.rows])) * (1 - 2 * self.parity[row])
            for e, row in zip(examples, rows, strict=True)
        ]
        return 1 / (1 + np.exp(-np.asarray(sides)))


def run(models: dict, **change: object) -> dict:
    inputs: dict = {"train": prompts_of(80, 1, "a"), "valid": prompts_of(40, 2, "b"), "test": prompts_of(120, 3, "c")}
    inputs |= {"test_users": [f"u{i % 8}" for i in range(120)], "make_catalogue": make_catalogue}
    inputs |= {"settings": TallrecSettings(shots=(8, 32), seeds=3, replicates=200)}
    return evaluate("tallrec", models, run=QUIET, **{**inputs, **change})


def test_shots_are_all_that_is_learned_from_and_prompts_are_asked_alone() -> None:
    document = run({"liked-fraction": Fraction, "auto": Rule, "random": Constant})
    auc = {(r["model"], r["k"]): r for r in document["results"] if r["metric"] == "auc"}
    assert set(auc) == {(m, k) for m in ("liked-fraction", "auto", "random") for k in (8, 32)}
    assert auc["auto", 8]["mean"] > 0.95
    assert auc["random", 8]["mean"] == 0.5
    assert auc["auto", 8]["n_users"] == 8
    assert auc["auto", 8]["n_draws"] == 3
    assert Rule.most == 1
    assert len(Rule.episodes) == 32
    assert len(Rule.valid) == 40
    against = {(r["against"], r["k"], r["metric"]) for r in document["comparisons"]}
    assert ("liked-fraction", 32, "uauc") in against


class Peeper(Rule):
    """Its answers lean on how many prompts it has been asked."""

    def predict(self, examples: Sequence[Examples], rows: np.ndarray) -> np.ndarray:
        self.asked = getattr(self, "asked", 0) + len(examples)
        return np.full(len(rows), 1 / (1 + self.asked))


def test_a_model_that_uses_other_prompts_is_caught() -> None:
    with pytest.raises(DataError, match=r"auto answered .* after it had seen other prompts"):
        run({"auto": Peeper})


def test_validation_prompts_come_in_random_order() -> None:
    """Files are sorted by user, and models choose by the first rows: these should be of many users, and the same in every draw."""
    valid = prompts_of(40, 2, "b")
    protocol = Tallrec(
        prompts_of(80, 1, "a"), valid, prompts_of(120, 3, "c"), make_catalogue, settings=TallrecSettings(shots=(8,))
    )
    as_given = [protocol.episode(prompt).row for prompt in valid]
    first, second = ([episode.row for episode in protocol.draw(number).valid] for number in (0, 1))
    assert first == second != as_given
    assert sorted(first) == sorted(as_given)


def test_one_file_for_training_and_validation_is_split() -> None:
    both = prompts_of(80, 1, "a")
    protocol = Tallrec(both, both, prompts_of(120, 3, "c"), make_catalogue, settings=TallrecSettings(shots=(8, 32)))
    draw = protocol.draw(0)
    shots = {(tuple(e.examples.labels), e.row) for e in draw.shots}
    valid = {(tuple(e.examples.labels), e.row) for e in draw.valid}
    assert len(draw.shots) == 32
    assert not shots & valid
    assert len(draw.valid) == 48
    other = {(tuple(e.examples.labels), e.row) for e in protocol.draw(1).shots}
    assert other != shots


def test_overlap_and_wrong_lengths_are_errors() -> None:
    test = prompts_of(120, 3, "c")
    turned = Prompt(test[0].liked[::-1], test[0].disliked, test[0].target, test[0].label)
    with pytest.raises(DataError, match="1 prompts stand in TRAIN and in TEST"):
        run({"auto": Rule}, train=[turned, *prompts_of(80, 1, "a")])
    with pytest.raises(DataError, match="120 prompts stand in VALID and in TEST"):
        run({"auto": Rule}, valid=test)
    with pytest.raises(DataError, match="3 test users for 120 test prompts"):
        run({"auto": Rule}, test_users=["a", "b", "c"])
    with pytest.raises(DataError, match="500 shots asked for, TRAIN has 80"):
        run({"auto": Rule}, settings=TallrecSettings(shots=(500,)))


def test_without_users_there_is_no_per_user_auc() -> None:
    document = run({"auto": Rule}, test_users=None)
    assert "uauc" not in {row["metric"] for row in document["results"]}
    assert any("test users are not known" in note for note in document["notes"])


def test_item_knowledge_is_joined_and_contradictions_say_nothing() -> None:
    prompts = [Prompt(("Perez Family, The (1995)", "B"), ("B",), "C", True)]
    items = pl.DataFrame(
        {"item_id": ["9", "8"], "title": ["The Perez Family", "C"], "year": ["1995", "2001"], "genres": ["Comedy", "Drama"]}
    )
    table, n_matched = items_table(prompts, items)
    assert table.select("item_id", "genres").rows() == [("B", None), ("C", "Drama"), ("Perez Family, The (1995)", "Comedy")]
    assert n_matched == 2
    test = prompts_of(20, 3, "c")
    protocol = Tallrec(prompts, [], test, make_catalogue, settings=TallrecSettings(shots=(1,)))
    episode = protocol.episode(prompts[0])
    assert episode.examples.labels == ("Perez Family, The (1995)",)
    learned = interactions_of([episode], len(protocol.catalogue))
    assert dict(zip(learned.item.tolist(), learned.utility.tolist(), strict=True)) == {
        protocol.catalogue.row_of["Perez Family, The (1995)"]: 1.0,
        episode.row: 1.0,
    }


@pytest.mark.shared
def test_the_published_trivial_line_is_reproduced(shared_data: Path) -> None:
    """Liked fraction: AUC .726, per-user AUC .54, no training."""
    folder = shared_data / "tallrec-movie"
    train, valid, test = (read_prompts(folder / f"{name}.json") for name in ("train", "valid", "test"))
    assert (len(train), len(valid), len(test)) == (8000, 1000, 1000)
    assert {len(prompt.liked) + len(prompt.disliked) for prompt in train} == {10}
    items = pl.read_csv(shared_data / "ml-100k" / "items.csv", infer_schema_length=0)
    document = evaluate(
        "tallrec",
        {"liked-fraction": Fraction},
        train=train,
        valid=valid,
        test=test,
        test_users=read_users(folder / "test_users.json"),
        items=items,
        make_catalogue=make_catalogue,
        settings=TallrecSettings(shots=(16,), seeds=1, replicates=500),
        run=QUIET,
    )
    rows = {row["metric"]: row for row in document["results"]}
    assert rows["auc"]["mean"] == pytest.approx(0.726, abs=0.001)
    assert rows["uauc"]["mean"] == pytest.approx(0.541, abs=0.002)
    assert rows["auc"]["n_users"] == 16
    assert (rows["auc"]["high"] - rows["auc"]["low"]) / 2 == pytest.approx(0.075, abs=0.02)
    assert any("1241 of 1241" in note for note in document["notes"])


def book_prompts(n: int, seed: int) -> list[Prompt]:
    """Readers like two of four authors, whatever the book; every fifth has rated nothing yet. Half of the titles are Chinese."""
    rng = np.random.default_rng(seed)
    authors = ("Stephen King", "Jane Austen", "金庸", "余华")
    prompts = []
    for number in range(n):
        liked = rng.permutation(4)[:2]
        books = [(int(b) // 15, int(b) % 15) for b in rng.permutation(60)[:9]]
        titles = [f"{'书' if a >= 2 else 'Volume'} {b} written by {authors[a]}" for a, b in books]
        likes = [a in liked for a, _ in books]
        told = [] if number % 5 == 0 else range(8)
        good, bad = (tuple(titles[i] for i in told if likes[i] is side) for side in (True, False))
        prompts.append(Prompt(good, bad, titles[8], likes[8]))
    return prompts


@pytest.mark.parametrize("name", ["taste", "auto"])
def test_the_product_learns_from_prompts_which_authors_a_reader_likes(name: str) -> None:
    def catalogue_of_words(table: pl.DataFrame) -> Catalogue:
        base = make_catalogue(table)
        tokens = [content_words(title) for title in table["title"]]
        return replace(base, lexical=LexicalSpace.fit(tokens).transform(tokens))

    document = run(
        {"liked-fraction": partial(make_model, "liked-fraction"), name: partial(make_model, name)},
        train=book_prompts(120, 1),
        valid=book_prompts(60, 2),
        test=book_prompts(120, 3),
        make_catalogue=catalogue_of_words,
        settings=TallrecSettings(shots=(16, 64), seeds=2, replicates=100),
    )
    auc = {(r["model"], r["k"]): r["mean"] for r in document["results"] if r["metric"] == "auc"}
    loss = {(r["model"], r["k"]): r["mean"] for r in document["results"] if r["metric"] == "log-loss"}
    assert auc[name, 64] > 0.8
    assert auc[name, 16] > auc["liked-fraction", 16] + 0.15
    assert loss[name, 64] < np.log(2)


@pytest.mark.shared
def test_published_prompts_are_judged_better_than_by_the_liked_fraction(shared_data: Path) -> None:
    """Training and validation prompts alone: TEST is for the tables in docs/benchmarks.md. No text, so that it takes seconds."""
    folder = shared_data / "tallrec-movie"
    prompts, asked = read_prompts(folder / "train.json"), read_prompts(folder / "valid.json")

    def wordless(table: pl.DataFrame) -> Catalogue:
        return replace(make_catalogue(table), vectors=np.zeros((table.height, 4), dtype=np.float32))

    document = evaluate(
        "tallrec",
        {"liked-fraction": partial(make_model, "liked-fraction"), "auto": partial(make_model, "auto")},
        run=QUIET,
        train=prompts,
        valid=prompts[-1000:],
        test=asked,
        test_users=read_users(folder / "valid_users.json"),
        make_catalogue=wordless,
        settings=TallrecSettings(shots=(128,), seeds=2, replicates=100),
    )
    found = {(r["model"], r["metric"]): r["mean"] for r in document["results"]}
    assert found["auto", "auc"] > found["liked-fraction", "auc"] + 0.005
    assert found["auto", "uauc"] > found["liked-fraction", "uauc"]
