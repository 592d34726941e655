"""``fewrec learn distill-ranker``: a language model's judgements in a scorer that costs microseconds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fewrec.cli.arguments import JsonOption, LangOption
from fewrec.cli.ui import Ui
from fewrec.errors import SettingError


def distill_ranker(
    ctx: typer.Context,
    teacher: Annotated[str, typer.Option(metavar="M", help="A model that judges, such as llm:FOLDER; see fewrec models.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the scorer goes.")],
    on: Annotated[str | None, typer.Option("--on", metavar="STORE", help="Whose histories users are made of.")] = None,
    prompts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Prompts, as for tallrec, instead of a store; labels are not read.")
    ] = None,
    judged: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labelled prompts that teacher and scorer are compared on.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=50, help="Questions put to the teacher.")] = 2000,
    encoder: Annotated[str, typer.Option(metavar="E", help="Text to vectors; see fewrec models.")] = "default",
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Teach a small scorer what a language model answers about synthetic users. The result is the model scorer:FOLDER."""
    import numpy as np

    from fewrec.llm.ranker_distillation import DistillationConfig, distil, save_student
    from fewrec.models.base import Predictor
    from fewrec.models.registry import make_model

    ui = Ui.of(ctx, lang)
    if (on is None) == (prompts is None):
        raise SettingError("expected either --on STORE or --prompts FILE", hint="name where histories come from")
    if judged is not None and prompts is None:
        raise SettingError("--judged goes with --prompts", hint="leave it out")
    model: Any = make_model(teacher)
    rng = np.random.default_rng(seed)
    if prompts is not None:
        catalogue, histories, labelled = _of_prompts(ui, prompts, judged, encoder)
        if hasattr(model, "fit_episodes"):
            model.fit_episodes(catalogue, [], [], rng=rng)
        else:
            raise SettingError(f"{teacher} does not learn from prompts", hint="use llm:FOLDER, or --on STORE")
    else:
        catalogue, interactions, histories = _of_store(ui, str(on), encoder)
        labelled = None
        model.fit(catalogue, interactions, rng=rng)
    if not isinstance(model, Predictor):
        raise SettingError(f"{teacher} gives no probabilities", hint="use a model that judges: llm:FOLDER, taste, ensemble")
    student = distil(
        model, catalogue, histories, DistillationConfig(pairs=pairs, seed=seed), labelled=labelled, progress=ui.log
    )
    save_student(student, out)
    if as_json:
        ui.json({"model": f"scorer:{out}", **student.report})
        return
    ui.say(ui.text("distilled", name=f"scorer:{out}", **student.report))


def _of_store(ui: Ui, store: str, encoder: str) -> tuple[Any, Any, Any]:
    from fewrec.data import to_interactions
    from fewrec.encoders import load_encoder
    from fewrec.llm.ranker_distillation.users import histories_of
    from fewrec.preparation import prepare_catalogue
    from fewrec.store import Store

    with Store.open(store, read_only=True) as opened:
        data, cache = opened.dataset(), opened.vector_cache_path
    ui.log(ui.text("encoding", n=data.items.height))
    catalogue = prepare_catalogue(data.items, load_encoder(encoder, cache=cache))[0]
    interactions, _ = to_interactions(data.events, catalogue.ids)
    return catalogue, interactions, histories_of(interactions)


def _of_prompts(ui: Ui, file: Path, judged: Path | None, encoder: str) -> tuple[Any, Any, Any]:
    """Titles of both files are the catalogue; histories come from the first, labels from the second."""
    import numpy as np

    from fewrec.encoders import load_encoder
    from fewrec.evaluation import read_prompts
    from fewrec.evaluation.protocols.tallrec import items_table
    from fewrec.preparation import prepare_catalogue
    from fewrec.types import Examples

    found = read_prompts(file)
    aside = [] if judged is None else read_prompts(judged)
    table, _ = items_table([*found, *aside], None)
    ui.log(ui.text("encoding", n=table.height))
    catalogue = prepare_catalogue(table, load_encoder(encoder))[0]

    def rows(titles: tuple[str, ...]) -> Any:
        return np.array([catalogue.row_of[title] for title in dict.fromkeys(titles)], dtype=np.int64)

    histories = [(rows(prompt.liked), rows(prompt.disliked)) for prompt in found]
    if judged is None:
        return catalogue, histories, None
    examples = []
    for prompt in aside:
        liked = rows(tuple(title for title in prompt.liked if title not in prompt.disliked))
        disliked = rows(tuple(title for title in prompt.disliked if title not in prompt.liked))
        own = np.concatenate([liked, disliked])
        utility = np.repeat(np.array([1, -1], dtype=np.float32), [len(liked), len(disliked)])
        kinds = ("like",) * len(liked) + ("dislike",) * len(disliked)
        labels = tuple(catalogue.ids[row] for row in own)
        examples.append(Examples(own, catalogue.vectors[own], utility, np.ones_like(utility), kinds, labels))
    asked = np.array([catalogue.row_of[prompt.target] for prompt in aside], dtype=np.int64)
    return catalogue, histories, (examples, asked, np.array([prompt.label for prompt in aside], dtype=np.bool_))
