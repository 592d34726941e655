"""Protocol ``requests``: a world where every answer is known, and the whole way from the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from fewrec.errors import DataError, SettingError
from fewrec.evaluation import Request, RequestsSettings, Run, evaluate
from fewrec.evaluation.report.page import html
from fewrec.evaluation.request_rankers import Material, bm25_matrix, make_ranker, told
from fewrec.evaluation.sentences_of_likes import Facets, sentence_of
from fewrec.text import content_words
from fewrec.types import Catalogue, Encoder, Interactions, Matrix

N_ITEMS = 40
QUIET = Run(progress=False)
QUICK: dict[str, Any] = {"replicates": 100, "min_users": 3}


class Oracle:
    """Knows the colours; lists the items of the colour that is named, in catalogue order, then the others."""

    def __init__(self, colours: Sequence[str], *, deaf: bool = False) -> None:
        self._colours, self._deaf = colours, deaf
        self.trained_on: tuple[str, ...] = ()

    def fit(self, train: Interactions) -> None:
        self.trained_on = train.user_ids

    def rank(self, text: str | None, likes: Sequence[int], n: int, *, statement: bool = False) -> list[int]:
        wanted = [row for row in range(N_ITEMS) if text and not self._deaf and self._colours[row] in text]
        rest = [row for row in range(N_ITEMS) if row not in wanted]
        return [row for row in [*wanted, *rest] if row not in likes][:n]


@pytest.fixture
def colours() -> list[str]:
    return ["red", "green", "blue", "white"] * (N_ITEMS // 4)


@pytest.fixture
def world(colours: list[str]) -> dict[str, Any]:
    """Users like one colour each: user u likes colour u mod 4, all ten items of it."""
    ids = tuple(f"i{row:02d}" for row in range(N_ITEMS))
    fields = tuple({"title": f"thing {row}", "colour": colour} for row, colour in enumerate(colours))
    vectors = np.eye(4, dtype=np.float32)[[row % 4 for row in range(N_ITEMS)]]
    lexical = sparse.csr_matrix((N_ITEMS, 0), dtype=np.float32)
    catalogue = Catalogue(ids, tuple(f["title"] for f in fields), ids, vectors, lexical, fields, "colours")
    user = np.repeat(np.arange(60), 10)
    item = np.concatenate([np.arange(u % 4, N_ITEMS, 4) for u in range(60)])
    ones = np.ones(len(user), dtype=np.float32)
    events = Interactions(tuple(f"u{u:02d}" for u in range(60)), N_ITEMS, user, item, ones, ones, np.zeros(len(user)))
    items = pl.DataFrame({"item_id": list(ids), "title": catalogue.titles, "colour": colours})
    return {"catalogue": catalogue, "interactions": events, "items": items}


def requests() -> list[Request]:
    found = []
    for colour in ("red", "green", "blue", "white"):
        rule = {"column": "colour", "has": colour}
        excluded = {"not": rule}
        found.append(Request(f"all that is {colour}", where=rule, lang="en", kind="category"))
        found.append(Request(f"{colour} 的", where=rule, lang="zh", kind="category"))
        found.append(Request(f"only {colour}", where=rule, excluded=excluded, lang="en", kind="negation"))
    found.append(Request("purple", where={"column": "colour", "has": "purple"}))
    return found


def models(colours: Sequence[str]) -> dict[str, Callable[[], Any]]:
    return {"auto": lambda: Oracle(colours), "auto:no-text": lambda: Oracle(colours, deaf=True)}


def row_of(document: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    (row,) = [row for row in document["results"] if all(row[name] == value for name, value in wanted.items())]
    return row


def test_who_hears_is_right_and_who_does_not_is_not(world: dict[str, Any], colours: list[str]) -> None:
    settings = RequestsSettings(**QUICK, k=(0, 1, 3))
    document = evaluate("requests", models(colours), run=QUIET, settings=settings, requests=requests(), **world)
    whole = {"k": 0, "lang": "all", "kind": "all"}
    assert row_of(document, model="auto", metric="p@10", **whole)["mean"] == 1.0
    assert row_of(document, model="auto", metric="ndcg@10", **whole)["mean"] == pytest.approx(1.0, abs=0.02)
    # Ten first of anybody's list: i00 to i09, three red, three green, two blue, two white.
    assert row_of(document, model="auto:no-text", metric="p@10", **whole)["mean"] == pytest.approx(0.25)
    assert row_of(document, model="auto", metric="unmoved@10", **whole)["mean"] == pytest.approx(0.25)
    assert row_of(document, model="auto:no-text", metric="unmoved@10", **whole)["mean"] == 1.0
    negation = {"k": 0, "lang": "en", "kind": "negation", "metric": "excluded@10"}
    assert row_of(document, model="auto", **negation)["mean"] == 0.0
    assert row_of(document, model="auto:no-text", **negation)["mean"] == pytest.approx(0.75)
    assert {row["items"] for row in document["results"]} == {"all"}
    assert {row["lang"] for row in document["results"]} == {"all", "en", "zh"}
    assert any("1 requests match no item" in note for note in document["notes"])
    # Two English wordings and a Chinese one of the same rule are one request (the negation has an exclusion beside it).
    assert row_of(document, model="auto", metric="p@10", **whole)["n_users"] == 8


def test_a_sentence_of_likes_is_worth_what_it_tells(world: dict[str, Any], colours: list[str]) -> None:
    settings = RequestsSettings(**QUICK, k=(0, 1, 3))
    document = evaluate("requests", models(colours), run=QUIET, settings=settings, requests=requests(), **world)
    told_row = row_of(document, model="auto", metric="likes-ndcg@10", k=0, kind="held-out-likes")
    silent = row_of(document, model="auto:no-text", metric="likes-ndcg@10", k=0, kind="held-out-likes")
    assert told_row["mean"] > 0.6 > silent["mean"]
    worth = [row for row in document["sentences"] if row["k"] == 0]
    assert [(row["model"], row["with"], row["without"]) for row in worth] == [("auto", told_row["mean"], silent["mean"])]
    page = html(document)
    assert "p@10 by language and kind of request" in page


def test_tested_users_are_not_trained_on(world: dict[str, Any], colours: list[str]) -> None:
    met: list[Oracle] = []

    def make() -> Oracle:
        met.append(Oracle(colours))
        return met[-1]

    settings = RequestsSettings(**QUICK, train_users=(0, 10, "all"))
    evaluate("requests", {"auto": make}, run=QUIET, settings=settings, requests=requests(), **world)
    assert [len(one.trained_on) for one in met] == [0, 10, 48]
    assert set(met[1].trained_on) < set(met[2].trained_on)


def test_likes_beside_a_request_leave_the_list_and_the_answer(world: dict[str, Any], colours: list[str]) -> None:
    asked = [Request(f"red {n}", relevant=("i00", "i04", "i08"), like=("i00",)) for n in range(3)]
    asked += [Request("blue", relevant=("i02", "i06"), like=("i02",)), Request("green", relevant=("i01", "i05"), like=("i01",))]
    settings = RequestsSettings(**QUICK)
    document = evaluate("requests", models(colours), run=QUIET, settings=settings, requests=asked, **world)
    assert row_of(document, model="auto", metric="p@10", k=1, lang="all", kind="all")["mean"] == 1.0


def test_only_one_half_is_asked(world: dict[str, Any], colours: list[str]) -> None:
    sizes = []
    for half in ("development", "test"):
        settings = RequestsSettings(**{**QUICK, "min_users": 2}, half=half)
        document = evaluate("requests", models(colours), run=QUIET, settings=settings, requests=requests(), **world)
        sizes.append(document["dataset"]["requests"])
    assert sum(sizes) == 12
    assert min(sizes) > 0


def test_what_cannot_be_used_is_refused(world: dict[str, Any], colours: list[str]) -> None:
    for bad in ({"half": "both"}, {"k": (-1,)}, {"k": ()}, {"held_out": 1.0}):
        with pytest.raises(SettingError):
            RequestsSettings(**bad)
    purple = [Request("purple", where={"column": "colour", "has": "purple"})]
    with pytest.raises(DataError, match="none of the 1 requests"):
        evaluate("requests", models(colours), run=QUIET, requests=purple, **world)
    with pytest.raises(DataError, match="i99"):
        evaluate("requests", models(colours), run=QUIET, requests=[Request("x", relevant=("i99",))], **world)


def test_facets_and_sentences(world: dict[str, Any]) -> None:
    facets = Facets(world["catalogue"].fields, content_words)
    assert facets.language == "en"
    assert facets.typical([0, 4, 8], "en") == ["red"]
    assert facets.typical([0, 1], "en") == []
    assert sentence_of([], "en") is None
    assert sentence_of(["1980s"], "zh") == "我喜欢1980年代的"
    assert sentence_of(["1980s"], "en") == "I like what is from the 1980s"
    assert sentence_of(["Horror", "War", "John Doe", "1980s"], "en") == "I like Horror, War and John Doe, from the 1980s"


def test_facets_come_in_the_language_asked_for() -> None:
    rows = [{"genre": "科幻", "genre_en": "Science Fiction", "year": "1984"}] * 3 + [{"genre": "战争", "genre_en": "War"}] * 5
    facets = Facets(rows, content_words)
    assert facets.typical([0, 1], "en") == [
        "1980s"
    ]  # the same items, so one of the three stands for all: first in the alphabet
    facets = Facets([{"genre": row["genre"], "genre_en": row["genre_en"]} for row in rows], content_words)
    assert facets.typical([0, 1], "zh") == ["科幻"]
    assert facets.typical([0, 1], "en") == ["Science Fiction"]


def test_titles_alone_give_words() -> None:
    titles = [
        "gaming mouse black",
        "gaming mouse red",
        "usb mouse",
        "tennis game",
        "golf game",
        "chess game",
        "old console",
        "new console",
    ]
    facets = Facets([{"title": title} for title in titles], content_words)
    assert facets.typical([0, 1], "en") == ["mouse"]


def test_bm25_by_hand() -> None:
    matrix = bm25_matrix([["a", "b", "b"], ["b"], ["c", "c"]], {"a": 0, "b": 1, "c": 2}).toarray()
    idf = np.log1p((3 - 2 + 0.5) / (2 + 0.5))
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / 2)
    assert matrix[0, 1] == pytest.approx(idf * 2 * 2.2 / (2 + norm))
    assert matrix[2, 1] == 0


class Colours(Encoder):
    """A text's vector: which colours it names."""

    name, fingerprint, dimensions = "colours", "colours", 4

    def encode(self, texts: Sequence[str]) -> Matrix:
        return np.array([[float(c in text) for c in ("red", "green", "blue", "white")] for text in texts], dtype=np.float32)


def test_baselines_read_the_sentence(world: dict[str, Any], colours: list[str]) -> None:
    def none(*_: object) -> Any:
        raise AssertionError("no recommender is asked for")

    material = Material(world["catalogue"], Colours(), none, {})
    for name in ("tfidf", "bm25", "cosine"):
        ranker = make_ranker(name, material)
        ranker.fit(world["interactions"])
        listed = ranker.rank("something green", [1], 9)
        assert {colours[row] for row in listed} == {"green"}
        assert 1 not in listed
    popularity = make_ranker("popularity", material)
    popularity.fit(world["interactions"].of_users([2, 6]))
    assert {colours[row] for row in popularity.rank("something green", [], 10)} == {"blue"}


class WithRequests:
    """Takes requests beside statements."""

    def taste(self, *, like: list[str], say: Sequence[str] = (), want: str | None = None) -> Any:
        return {"like": like, "say": list(say), "want": want}

    def recommend(self, taste: Any, *, k: int) -> Any:
        return taste, k


class WithStatements(WithRequests):
    """Takes statements alone."""

    def taste(self, *, like: list[str], say: Sequence[str] = ()) -> Any:  # type: ignore[override]
        return {"like": like, "say": list(say)}


def test_a_request_is_a_request_where_there_are_any() -> None:
    assert told(WithRequests(), "westerns", ["1"], statement=False) == {"like": ["1"], "say": [], "want": "westerns"}
    assert told(WithRequests(), "westerns", [], statement=True) == {"like": [], "say": ["westerns"], "want": None}
    assert told(WithStatements(), "westerns", [], statement=False) == {"like": [], "say": ["westerns"]}
    assert told(WithRequests(), None, [], statement=False) == {"like": [], "say": [], "want": None}


def test_a_single_request_without_language_or_kind(world: dict[str, Any], colours: list[str]) -> None:
    few = {**world, "interactions": world["interactions"].of_users([0, 1, 2])}
    asked = [Request("red", where={"column": "colour", "has": "red"})]
    document = evaluate("requests", models(colours), run=QUIET, settings=RequestsSettings(**QUICK), requests=asked, **few)
    row = row_of(document, model="auto", metric="p@10")
    assert (row["mean"], row["low"], row["high"], row["lang"], row["kind"], row["n_users"]) == (1.0, 1.0, 1.0, "all", "all", 1)
    assert document["sentences"] == []
    assert any("nobody was held out" in note for note in document["notes"])
    assert html(document)
