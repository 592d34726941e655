"""``fewrec learn decoder``: a language model learns to say this encoder's vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.arguments import JsonOption, Lang, LangOption
from fewrec.cli.ui import Ui


def decoder(
    ctx: typer.Context,
    on: Annotated[str, typer.Option("--on", metavar="STORE", help="The catalogue to learn from: a fitted store.")],
    lm: Annotated[str, typer.Option("--lm", metavar="NAME", help="A causal LM by hub name or folder: GPT-2, Llama, Qwen, …")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the decoder goes; --decoder lm:FOLDER uses it.")],
    encoder: Annotated[
        str | None, typer.Option("--encoder", metavar="E", help="The encoder whose vectors are read; the fit's own by default.")
    ] = None,
    lora: Annotated[int, typer.Option("--lora", min=0, help="Rank of LoRA updates; 0 leaves the LM as it is.")] = 0,
    prompts: Annotated[int, typer.Option("--prompts", min=1, help="Prompt embeddings that a vector becomes.")] = 10,
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="Pairs of vector and text to make.")] = 12_000,
    steps: Annotated[int, typer.Option("--steps", min=1, help="Training steps at most.")] = 600,
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Pairs a step.")] = 16,
    learning_rate: Annotated[float, typer.Option("--learning-rate", min=0, help="Highest learning rate.")] = 1e-3,
    eval_every: Annotated[
        int, typer.Option("--eval-every", min=1, help="Steps from one check on held-out items to the next.")
    ] = 50,
    patience: Annotated[int, typer.Option("--patience", min=1, help="Checks without progress that end the training.")] = 4,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0, help="Stop after this time; the same command goes on from there.")
    ] = None,
    speaks: Annotated[
        Lang | None, typer.Option("--speaks", help="Language of the decoder; the catalogue's own unless it is given.")
    ] = None,
    device: Annotated[str, typer.Option("--device", help="cpu, cuda, mps or auto.")] = "cpu",
    dtype: Annotated[str, typer.Option("--dtype", help="auto, float32, bfloat16 or float16.")] = "auto",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Train a soft-prompt adapter: vector in, a language model's sentence out. Taken up again where a kill ended it."""
    from fewrec.cli.session import session
    from fewrec.encoders import load_encoder
    from fewrec.llm.decoder.config import LMDecoderConfig
    from fewrec.llm.decoder_training import LearnConfig, PairConfig, learn_decoder
    from fewrec.recommender import Recommender

    ui = Ui.of(ctx, lang)
    config = LMDecoderConfig(lm=lm, lora=lora, n_prompts=prompts, device=device, dtype=dtype)  # type: ignore[arg-type]
    training: dict[str, object] = {
        "n_steps": steps,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "eval_every": eval_every,
        "patience": patience,
        "max_minutes": minutes,
    }
    with session(ui, on) as here:
        recommender = here.recommender
        if encoder is not None and load_encoder(encoder).fingerprint != recommender.catalogue.fingerprint:
            ui.log(ui.text("other-encoder", encoder=encoder, store=on))
            recommender = Recommender(encoder, "popularity", cache=here.store.vector_cache_path, progress=ui.log)
            recommender.fit_dataset(here.store.dataset(), history=here.store)
        head = learn_decoder(
            recommender.catalogue,
            recommender.interactions(),
            recommender.decoder.vocabulary,
            recommender.encoder,
            out,
            lang=speaks.value if speaks else recommender.language(),
            config=config,
            learning=LearnConfig(pairs=PairConfig(n_pairs=pairs), training=training),
            seed=seed,
            progress=ui.log,
        )
    if as_json:
        ui.json({"decoder": f"lm:{out}", "lm": head.config.lm, "encoder": head.encoder, "lang": head.lang, **head.trained})
    else:
        ui.say(ui.text("decoder-learned", steps=head.trained["steps"], loss=head.trained["validation_loss"], where=out))
        if not head.trained["finished"]:
            ui.note("decoder-unfinished")
