"""``fewrec learn transfer``: fine-tune a language model on a few labelled examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.arguments import JsonOption, LangOption
from fewrec.cli.ui import Ui
from fewrec.errors import SettingError

if TYPE_CHECKING:
    from fewrec.llm.ranker import Labelled, TransferConfig


def transfer(
    ctx: typer.Context,
    lm: Annotated[str, typer.Option("--lm", metavar="NAME", help="Causal LM or BERT-style encoder: hub name or folder.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the result goes; a killed run goes on from it.")],
    task: Annotated[
        str,
        typer.Option(metavar="T", help="like: will this user like this item? contrast: an encoder on what is liked together."),
    ] = "like",
    on: Annotated[str | None, typer.Option("--on", metavar="STORE", help="Learn from a store's users.")] = None,
    train: Annotated[Path | None, typer.Option(metavar="FILE", help="like: training prompts, as for tallrec.")] = None,
    valid: Annotated[Path | None, typer.Option(metavar="FILE", help="like: validation prompts.")] = None,
    shots: Annotated[int, typer.Option(min=1, help="like: labelled rows learned from.")] = 64,
    full: Annotated[bool, typer.Option("--full/--lora", help="All weights, or adapters.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="like: runs, of which the best on validation rows is kept.")] = 1,
    steps: Annotated[int | None, typer.Option(min=0, help="Steps at most.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Examples of a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Of the weights learned.")] = None,
    precision: Annotated[str, typer.Option(metavar="P", help="auto, float32 or bfloat16.")] = "auto",
    device: Annotated[str, typer.Option(metavar="D", help="auto, cpu, cuda, mps.")] = "auto",
    prompts: Annotated[str, typer.Option(metavar="LANG", help="like: language of the prompts, auto, zh or en.")] = "auto",
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Fine-tune a language model. The result of --task like is the model llm:FOLDER, that of contrast the encoder hf:FOLDER."""
    from fewrec.llm.ranker.scorer import require_llm

    ui = Ui.of(ctx, lang)
    require_llm("fewrec learn transfer")
    given = {
        "method": "full" if full else "lora",
        "seed": seed,
        "steps": steps,
        "learning_rate": learning_rate,
        "precision": precision,
        "device": device,
    } | ({} if batch_size is None else {"batch_size": batch_size})
    if task == "contrast":
        _contrast(ui, lm, out, on, given, as_json=as_json)
        return
    if task != "like":
        raise SettingError(f"there is no task {task!r}", hint="tasks: like, contrast")
    from fewrec.llm.ranker import TransferConfig

    config = TransferConfig(**given, lang=prompts)  # type: ignore[arg-type]
    rows, aside = _rows(ui, on, train, valid, shots, config)
    document = _best(ui, lm, out, rows, aside, config, seeds)
    if as_json:
        ui.json(document)
        return
    ui.say(ui.text("learned", name=f"llm:{out}", **document["shown"]))


def _rows(
    ui: Ui, on: str | None, train: Path | None, valid: Path | None, shots: int, config: TransferConfig
) -> tuple[list[Labelled], list[Labelled]]:
    """Rows to learn from and to validate on: from prompt files, or from a store."""
    import numpy as np

    from fewrec.llm.ranker.rows import rows_of_users

    if (on is None) == (train is None):
        raise SettingError("expected either --on STORE or --train FILE", hint="name where the labelled examples come from")
    rng = np.random.default_rng(config.seed)
    if train is not None:
        return _of_prompts(train, valid, shots, rng)
    from fewrec.data import to_interactions
    from fewrec.encoders import load_encoder
    from fewrec.preparation import prepare_catalogue
    from fewrec.store import Store

    if valid is not None:
        raise SettingError("--valid goes with --train", hint="with --on a fifth of the users validate")
    with Store.open(str(on), read_only=True) as opened:
        data, cache = opened.dataset(), opened.vector_cache_path
    ui.log(ui.text("encoding", n=data.items.height))
    catalogue = prepare_catalogue(data.items, load_encoder("default", cache=cache))[0]
    interactions, notes = to_interactions(data.events, catalogue.ids)
    for text in notes:
        ui.log(ui.text("note", text=text))
    return rows_of_users(catalogue, interactions, shots, config.max_valid, config.max_history, rng)


def _of_prompts(train: Path, valid: Path | None, shots: int, rng: Any) -> tuple[list[Labelled], list[Labelled]]:
    from fewrec.evaluation import read_prompts
    from fewrec.llm.ranker import Labelled, Question

    found = read_prompts(train)
    if shots > len(found):
        raise SettingError(f"--shots is {shots}, {train} holds {len(found)} prompts", hint="use fewer shots")
    chosen = [found[place] for place in rng.permutation(len(found))[:shots]]
    used = {prompt.question for prompt in chosen}
    others = [] if valid is None else read_prompts(valid)
    mixed = [others[place] for place in rng.permutation(len(others))]  # files are sorted by user, and the first rows choose
    aside = [prompt for prompt in mixed if prompt.question not in used]
    rows, left = (
        [Labelled(Question(prompt.liked, prompt.disliked, prompt.target), prompt.label) for prompt in part]
        for part in (chosen, aside)
    )
    return rows, left


def _best(
    ui: Ui, lm: str, out: Path, rows: list[Labelled], valid: list[Labelled], config: TransferConfig, seeds: int
) -> dict[str, Any]:
    """The run of the best seed in ``out``, and what all of them gave."""
    import shutil
    from dataclasses import replace
    from functools import partial

    from fewrec.llm.ranker.result import is_result, read_result
    from fewrec.llm.ranker.tuning import fine_tune

    if is_result(str(out)):
        raise SettingError(f"{out} holds a finished result", hint="choose another --out, or remove it")
    folders = [out if seeds == 1 else out / f"seed-{config.seed + number}" for number in range(seeds)]
    for number, folder in enumerate(folders):
        if not is_result(str(folder)):
            own = replace(config, seed=config.seed + number)
            fine_tune(lm, rows, valid, own, out=folder, progress=partial(_told, ui, own.seed))
    results = [read_result(folder) for folder in folders]
    losses = [result.report["valid_log_loss"] for result in results]
    best = min(range(seeds), key=lambda number: float("inf") if losses[number] is None else losses[number])
    if seeds > 1:
        for file in folders[best].iterdir():
            if file.is_file():
                shutil.copy2(file, out / file.name)
    report = results[best].report
    shown = {
        "rows": report["rows"],
        "seconds": sum(result.report["seconds"] for result in results),
        "valid": report["valid_auc"],
    }
    return {
        "model": f"llm:{out}",
        "base": lm,
        "trained": results[best].trained,
        "seed": results[best].config.seed,
        "calibration": results[best].calibration.to_dict(),
        "runs": [{"seed": result.config.seed, **result.report} for result in results],
        "shown": shown,
    }


def _told(ui: Ui, seed: int, text: str) -> None:
    ui.log(f"seed {seed}: {text}")


def _contrast(ui: Ui, lm: str, out: Path, on: str | None, given: dict[str, Any], *, as_json: bool) -> None:
    from fewrec.data import to_interactions
    from fewrec.llm.ranker.contrast import ContrastConfig, contrast
    from fewrec.preparation import text_fields
    from fewrec.store import Store
    from fewrec.text import item_text, mask

    if on is None:
        raise SettingError("--task contrast needs --on STORE", hint="items with text and events say what is liked together")
    with Store.open(on, read_only=True) as opened:
        data = opened.dataset()
    texts = [mask(item_text(text_fields(row))).text for row in data.items.iter_rows(named=True)]
    interactions, _ = to_interactions(data.events, data.items["item_id"].to_list())
    config = ContrastConfig(**{name: value for name, value in given.items() if value is not None})
    report = contrast(lm, texts, interactions, config, out=out, progress=ui.log)
    if as_json:
        ui.json({"encoder": f"hf:{out}", "base": lm, **report})
        return
    ui.say(ui.text("contrasted", name=f"hf:{out}", **report))
