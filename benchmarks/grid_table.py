"""The data-efficiency grid of an ``evaluate --json`` document as a Markdown table, as docs/benchmarks.md shows it.

``python benchmarks/grid_table.py OUT.json [ITEMS]``: ITEMS is all (the default), warm or cold. A cell holds the mean NDCG@10 of ``auto``, its
best peer and that one's mean; ** where ``auto`` is better than every peer by the document's joint intervals, ! where a peer is better than it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OWN = {"auto", "taste", "ensemble"}


def cell(rows: list[dict[str, Any]], comparisons: list[dict[str, Any]]) -> tuple[str, float, bool]:
    """(text, gain over the best peer, whether it beats them all)."""
    means = {row["model"]: row["mean"] for row in rows}
    best = max((name for name in means if name not in OWN), key=means.__getitem__)
    peers = [row for row in comparisons if row["against"] not in OWN]
    won = all(row["low"] > 0 for row in peers)
    mark = "**" if won else ""
    lost = "!" if any(row["high"] < 0 for row in peers) else ""
    digits = 3 if means[best] >= 0.1 else 4
    shown, other = (f"{means[name]:.{digits}f}".removeprefix("0") for name in ("auto", best))
    return f"{mark}{shown}{mark}{lost} ({best} {other})", means["auto"] / means[best] - 1, won


def main() -> None:
    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    items = sys.argv[2] if len(sys.argv) > 2 else "all"

    def of_cell(section: str, n: int, k: int) -> list[dict[str, Any]]:
        where = {"train_users": n, "k": k, "items": items, "metric": "ndcg@10"}
        return [row for row in document[section] if all(row[key] == value for key, value in where.items())]

    sizes = sorted({row["train_users"] for row in document["results"]})
    shots = sorted({row["k"] for row in document["results"] if row["items"] == items})
    print("| n | " + " | ".join(f"k = {k}" for k in shots) + " |")
    print("|---|" + "---|" * len(shots))
    gains, wins = [], []
    for n in sizes:
        cells = [cell(of_cell("results", n, k), of_cell("comparisons", n, k)) for k in shots]
        print(f"| {n} | " + " | ".join(text for text, _, _ in cells) + " |")
        asked = [(gain, won) for k, (_, gain, won) in zip(shots, cells, strict=True) if n >= 100 and k >= 1]
        gains += [gain for gain, _ in asked]
        wins += [won for _, won in asked]
    if wins:
        gain = sum(gains) / len(gains)
        print(
            f"\nn >= 100, k >= 1: better than every peer in {sum(wins)} of {len(wins)} cells; mean gain over the best peer {gain:+.1%}"
        )


if __name__ == "__main__":
    main()
