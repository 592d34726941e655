"""Our peers and the public libraries under the same k-shot protocol: ``python benchmarks/peers/kshot.py ITEMS EVENTS --json OUT``.

Same held-out users, training users, revealed likes and ties for everybody. The libraries run with fixed settings (those of their wrappers), ours
choose theirs on the training users; a library's row says how well its method does as first tried, not how well it could.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from _libraries import available
from _worlds import load

from fewrec.evaluation.api import evaluate
from fewrec.evaluation.runner import Run
from fewrec.evaluation.settings import KShotSettings
from fewrec.models.classics import BASELINES

OURS = ("popularity", "content", "cooccurrence", "user-knn", "item-knn", "ease", "als", "hybrid")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", type=Path)
    parser.add_argument("events", type=Path)
    parser.add_argument("--train-users", default="100,all")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--max-test-users", type=int)
    parser.add_argument("--models", default="", help="names separated by commas; all by default")
    parser.add_argument("--vectors", type=Path, help="file that keeps vectors between runs")
    parser.add_argument("--cells", type=Path, help="folder that keeps finished cells between runs")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    libraries, missing = available()
    for line in missing:
        print(line, file=sys.stderr)
    models = {name: BASELINES[name] for name in OURS} | libraries
    if args.models:
        models = {name: models[name] for name in args.models.split(",")}
    catalogue, interactions = load(args.items, args.events, args.vectors)
    settings = KShotSettings(
        train_users=tuple("all" if n == "all" else int(n) for n in args.train_users.split(",")),
        seeds=args.seeds,
        small_draws=args.seeds,
        max_test_users=args.max_test_users,
        metrics=("ndcg@10", "recall@20"),
        champion=next(iter(models)),
    )
    document = evaluate(
        "kshot", models, run=Run(cache=args.cells), catalogue=catalogue, interactions=interactions, settings=settings
    )
    if args.json:
        args.json.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    print(table(document))


def table(document: dict[str, object]) -> str:
    """NDCG@10 by model and k, one block per number of training users, with fit time and speed."""
    rows = [r for r in document["results"] if r["metric"] == "ndcg@10"]  # type: ignore[attr-defined]
    shots = sorted({r["k"] for r in rows})
    lines = []
    for n in dict.fromkeys(r["train_users"] for r in rows):
        lines += ["", f"n = {n}", "| model | " + " | ".join(f"k = {k}" for k in shots) + " | fit s | users/s |"]
        lines.append("|---" * (len(shots) + 3) + "|")
        for model in dict.fromkeys(r["model"] for r in rows):
            own = {r["k"]: r for r in rows if r["model"] == model and r["train_users"] == n}
            if own:
                means = " | ".join(f"{own[k]['mean']:.3f}" if k in own else "" for k in shots)
                last = own[max(own)]
                lines.append(f"| {model} | {means} | {last['fit_s']:.1f} | {last['users_per_s']:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
