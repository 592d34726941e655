"""``fewrec learn distill``: a teacher's vectors taught to a static student."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fewrec.cli.arguments import JsonOption, LangOption
from fewrec.cli.ui import Ui


def distill(
    ctx: typer.Context,
    student: Annotated[
        Path, typer.Option(metavar="OUT", help="Folder of the student; --encoder static:OUT names it afterwards.")
    ],
    texts: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE…",
            help="Texts, one a line (.txt), or pairs that mean the same, with a tab between (.tsv); or a folder of them.",
        ),
    ],
    teacher: Annotated[str, typer.Option(metavar="E", help="Encoder to learn from; see fewrec models.")] = "default",
    cache: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the teacher's vectors are kept; in OUT.work unless named.")
    ] = None,
    pieces: Annotated[int, typer.Option(min=300, help="Size of the vocabulary; a piece takes --width bytes.")] = 48_000,
    width: Annotated[int, typer.Option(min=1, help="Numbers a piece.")] = 256,
    hidden: Annotated[int, typer.Option(min=1, help="Units of the layer between the pieces and the vector.")] = 512,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the texts at most.")] = 10,
    batch: Annotated[int, typer.Option(min=8, help="Texts a step.")] = 1024,
    rate: Annotated[float, typer.Option(help="Learning rate at the start.")] = 2e-3,
    similarity: Annotated[float, typer.Option(min=0.0, help="Weight of the similarities within a batch.")] = 1.0,
    alignment: Annotated[float, typer.Option(min=0.0, help="Weight of pairs that mean the same.")] = 0.05,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads of the training.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Teach a small, fast encoder the vectors of a large one, and report what was kept. Goes on where a killed run stopped."""
    from fewrec.encoders import load_encoder
    from fewrec.llm.distill import DistillConfig, read_texts
    from fewrec.llm.distill import distill as run

    ui = Ui.of(ctx, lang)
    config = DistillConfig(
        pieces=pieces,
        width=width,
        hidden=hidden,
        epochs=epochs,
        batch=batch,
        rate=rate,
        similarity=similarity,
        alignment=alignment,
        threads=threads,
        seed=seed,
    )
    report = run(read_texts(texts), load_encoder(teacher, progress=False), student, config, cache=cache, log=ui.log)
    if as_json:
        ui.json({"student": str(student), **report})
        return
    for line in report_lines(report):
        ui.say(line)
    ui.say(f"--encoder static:{student}")


def report_lines(report: dict[str, Any]) -> list[str]:
    """What was kept, what it costs, where it fails; for people."""
    kept, cost, fails = report["kept"], report["cost"], report["fails"]
    lines = [
        f"kept, on {kept['n']:,} texts held out: cosine {kept['cosine']:.3f}, ten neighbours shared {kept['neighbours']:.3f}, "
        f"rank correlation of cosines {kept['rank_correlation']:.3f}"
    ]
    if kept["pairs"] is not None:
        pairs = kept["pairs"]
        found = ", ".join(
            f"@{k} {pairs[f'student_recall@{k}']:.3f} (teacher {pairs[f'teacher_recall@{k}']:.3f})" for k in (1, 10)
        )
        lines.append(f"kept, on {pairs['n']:,} pairs held out: recall {found}")
    lines.append(
        f"costs: {cost['mb']:.1f} MB, {cost['student_texts_per_s']:,} texts a second (teacher {cost['teacher_texts_per_s']:,}), "
        f"{report['labelled_s']:.0f} s of labelling in {report['total_s']:.0f} s"
    )
    lines += [
        f"fails in {name}: cosine {each['cosine']:.3f}, neighbours {each['neighbours']:.3f} ({each['n']:,} texts)"
        for name, each in list(fails["categories"].items())[:3]
    ]
    return lines + [f"fails on: {each['cosine']:.2f}  {each['text']}" for each in fails["texts"][:5]]
