"""``fewrec models``: the names that options take."""

from __future__ import annotations

import typer

from fewrec.cli.arguments import JsonOption, LangOption
from fewrec.cli.ui import Ui


def models(ctx: typer.Context, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """Names that --model, --models, --encoder and --decoder take, a line each."""
    from fewrec.decoders.registry import DECODERS
    from fewrec.encoders.registry import ENCODERS
    from fewrec.models.registry import MODELS
    from fewrec.plugins import METRICS, READERS

    ui = Ui.of(ctx, lang)
    lists = [(f"{registry.kind}s", registry.names()) for registry in (MODELS, ENCODERS, DECODERS, METRICS, READERS)]
    lists = [(title, lines) for title, lines in lists if lines]
    if as_json:
        ui.json({title: [{"name": name, "description": description} for name, description in lines] for title, lines in lists})
        return
    for title, lines in lists:
        ui.say(ui.text(title), style="bold")
        for name, description in lines:
            ui.say(f"  {name:<14}  {description}")
