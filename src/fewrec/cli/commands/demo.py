"""``fewrec demo``: the whole path, on the films that ship with the package and on real people."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import typer

from fewrec.cli.arguments import JsonOption, LangOption
from fewrec.cli.shown import decoded_body, show_decoded, show_list
from fewrec.cli.ui import Ui
from fewrec.errors import MissingExtraError

if TYPE_CHECKING:
    from fewrec.recommender import Recommender, Taste
    from fewrec.types import Dataset

SPEAKERS = ("movie-lover", "sci-fi-fan", "wants-interstellar")
DESCRIBED = ("interstellar", "spirited-away", "the-godfather")
LIKED = ("Matrix, The", "Alien", "Terminator, The")
DISLIKED = "Blade Runner"
COMPARED = ("auto", "popularity", "item-knn")


def demo(ctx: typer.Context, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """Run the whole path on the sample that ships with the package, then on MovieLens-small (extra: data). About two minutes."""
    from fewrec import sample

    ui = Ui.of(ctx, lang)
    document: dict[str, Any] = {"article": _article(ui, as_json=as_json)}
    try:
        people = sample.movielens()
    except MissingExtraError:
        people = None
        if not as_json:
            ui.say(ui.text("demo-missing"), style="bold")
    document["people"] = None if people is None else _people(ui, people, as_json=as_json)
    if as_json:
        ui.json(document)


def _article(ui: Ui, *, as_json: bool) -> dict[str, Any]:
    """The article's three sentences and its film among the others of the sample."""
    from fewrec import sample
    from fewrec.recommender import Recommender

    films = sample.load()
    recommender = Recommender(progress=ui.log).fit_dataset(films)
    said = dict(films.statements.select("user_id", "text").iter_rows())
    if not as_json:
        ui.say(ui.text("demo-films"), style="bold")
    document: dict[str, Any] = {"preferences": [], "features": [], "recommendations": None}
    for user in SPEAKERS:
        found = recommender.describe(recommender.taste(user), lang="zh")
        document["preferences"].append(decoded_body(found, user=user))
        if not as_json:
            ui.say(f"{ui.text('demo-said', user=user, said=said[user])} → {found.text}")
    for item in DESCRIBED:
        found = recommender.describe(item=item, lang="zh")
        document["features"].append(decoded_body(found, item_id=item))
        if not as_json:
            title = recommender.catalogue.titles[recommender.row(item)]
            ui.say(f"{ui.text('demo-item', title=title)} → {found.text}")
    ranked = recommender.recommend(recommender.taste("sci-fi-fan"), k=5)
    document["recommendations"] = ranked.to_dict()
    if not as_json:
        show_list(ui, ranked, ui.text("recommended", who="sci-fi-fan"), explain=True)
    return document


def _people(ui: Ui, people: Dataset, *, as_json: bool) -> dict[str, Any]:
    """A new user among real ones, then a comparison on users held out of training."""
    from fewrec.recommender import Recommender

    started = perf_counter()
    recommender = Recommender(progress=ui.log).fit_dataset(people)
    seconds = perf_counter() - started
    if not as_json:
        figures = {"items": len(recommender.catalogue), "users": recommender.n_users, "seconds": seconds}
        ui.say()
        ui.say(ui.text("demo-people", **figures), style="bold")
    id_of = dict(zip(recommender.catalogue.titles, recommender.catalogue.ids, strict=True))
    likes = [id_of[title] for title in LIKED]
    document: dict[str, Any] = {"fit_s": seconds, "steps": []}
    for dislikes in ([], [id_of[DISLIKED]]):
        key, values = ("demo-dislikes", {"title": DISLIKED}) if dislikes else ("demo-likes", {"titles": ", ".join(LIKED)})
        taste = recommender.taste(like=likes, dislike=dislikes)
        document["steps"].append(_step(ui, recommender, taste, ui.text(key, **values), as_json=as_json))
    document["comparison"] = _comparison(ui, people, recommender, as_json=as_json)
    return document


def _step(ui: Ui, recommender: Recommender, taste: Taste, title: str, *, as_json: bool) -> dict[str, Any]:
    words = recommender.describe(taste, lang=ui.lang)
    ranked = recommender.recommend(taste, k=5)
    if not as_json:
        show_list(ui, ranked, title, explain=True)
        show_decoded(ui, words)
    return {"profile": decoded_body(words, user=None), "recommendations": ranked.to_dict()}


def _comparison(ui: Ui, people: Dataset, recommender: Recommender, *, as_json: bool) -> list[dict[str, Any]]:
    """Every model is fitted anew without the users it is judged on."""
    from fewrec.data import to_interactions
    from fewrec.evaluation import KShotSettings, Run, evaluate
    from fewrec.models.registry import factory_of

    ui.log(ui.text("demo-comparing"))
    interactions, _ = to_interactions(people.events, recommender.catalogue.ids)
    settings = KShotSettings(seeds=1, train_users=("all",), k=(3,), max_test_users=100, metrics=("ndcg@10",))
    document = evaluate(
        "kshot",
        {name: factory_of(name) for name in COMPARED},
        run=Run(progress=False),
        catalogue=recommender.catalogue,
        interactions=interactions,
        settings=settings,
    )
    rows: list[dict[str, Any]] = document["results"]
    if not as_json:
        figures = ", ".join(f"{row['model']} {row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f})" for row in rows)
        ui.say(ui.text("demo-compared", n=rows[0]["n_users"], figures=figures))
    return rows
