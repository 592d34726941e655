"""``fewrec models``: the names that options take."""

from __future__ import annotations

import typer

from fewrec.cli.arguments import JsonOption, LangOption
from fewrec.cli.ui import Ui


def models(ctx: typer.Context, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """Names that --model, --models and --encoder take, a line each."""
    from fewrec.encoders import encoder_names
    from fewrec.models.registry import MODELS, PATTERNS

    ui = Ui.of(ctx, lang)
    known = [(name, description) for name, (description, _) in MODELS.items()]
    known += PATTERNS.items()
    if as_json:
        ui.json(
            {
                "models": [{"name": name, "description": description} for name, description in known],
                "encoders": [{"name": name, "description": description} for name, description in encoder_names()],
            }
        )
        return
    for title, lines in (("models", known), ("encoders", encoder_names())):
        ui.say(ui.text(title), style="bold")
        for name, description in lines:
            ui.say(f"  {name:<14}  {description}")
