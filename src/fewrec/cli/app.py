"""The commands, in the order of ``fewrec --help``."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.arguments import LangOption
from fewrec.cli.commands.demo import demo
from fewrec.cli.commands.evaluate import evaluate
from fewrec.cli.commands.fit import fit
from fewrec.cli.commands.forget import forget
from fewrec.cli.commands.ingest import ingest
from fewrec.cli.commands.items import ask, audience, similar
from fewrec.cli.commands.learn_decoder import decoder
from fewrec.cli.commands.learn_distill import distill
from fewrec.cli.commands.learn_distill_ranker import distill_ranker
from fewrec.cli.commands.learn_ensemble import ensemble
from fewrec.cli.commands.learn_prior import prior
from fewrec.cli.commands.learn_transfer import transfer
from fewrec.cli.commands.models import models
from fewrec.cli.commands.recommend import recommend
from fewrec.cli.commands.serve import backup, keys, serve
from fewrec.cli.commands.words import describe, profile

app = typer.Typer(
    help="Recommends from a handful of examples, in Chinese and English, and says why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    demo,
    ingest,
    fit,
    recommend,
    profile,
    describe,
    similar,
    audience,
    ask,
    evaluate,
    models,
    forget,
    serve,
    keys,
    backup,
):
    app.command()(command)

learn = typer.Typer(name="learn", help="Train what the other commands use.", no_args_is_help=True, rich_markup_mode=None)
for lesson in (prior, decoder, transfer, distill, distill_ranker, ensemble):
    learn.command()(lesson)
app.add_typer(learn)


def _version(wanted: bool) -> None:
    if wanted:
        from fewrec import __version__

        typer.echo(f"fewrec {__version__}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    lang: LangOption = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,  # noqa: ARG001
) -> None:
    """What goes before the command."""
    ctx.obj = lang
