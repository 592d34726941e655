"""Time and peak memory of every command on a data set: ``python benchmarks/commands.py FOLDER [OUT.json]``.

FOLDER holds ``items.csv`` and ``events.csv``. Each command runs in a process of its own, start-up included, as somebody would type it.
Prints a Markdown table for ``docs/benchmarks.md``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter


def commands(folder: Path, store: str) -> dict[str, list[str]]:
    """Label -> arguments of ``fewrec``, in the order in which they build on each other."""
    item, user = _first(folder / "items.csv", "item_id"), _first(folder / "events.csv", "user_id")
    files = ["--items", str(folder / "items.csv"), "--events", str(folder / "events.csv")]
    return {
        "ingest": ["ingest", store, *files],
        "ingest again": ["ingest", store, *files],
        "fit --model taste": ["fit", store, "--model", "taste"],
        "fit": ["fit", store],
        "recommend --user": ["recommend", store, "--user", user, "--json"],
        "recommend --like": ["recommend", store, "--like", item, "--json"],
        "recommend --say": ["recommend", store, "--say", "我喜欢赛车游戏", "--json"],
        "profile --user": ["profile", store, "--user", user, "--json"],
        "describe --item": ["describe", store, "--item", item, "--json"],
        "similar --item": ["similar", store, "--item", item, "--json"],
        "audience --item": ["audience", store, "--item", item, "--json"],
        "ask": ["ask", store, "--json"],
        "forget --user": ["forget", store, "--user", user],
    }


def _first(path: Path, column: str) -> str:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))[column]


def measured(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak resident gigabytes of one run."""
    started = perf_counter()
    process = subprocess.Popen(["fewrec", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    stderr = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"fewrec {' '.join(arguments)} failed:\n{stderr.decode()}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in kilobytes elsewhere
    return perf_counter() - started, usage.ru_maxrss * unit / 1e9


def main(folder: str, out: str | None = None) -> None:
    rows = {}
    print("| command | seconds | peak memory, GB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        for label, arguments in commands(Path(folder), f"{place}/store").items():
            seconds, gigabytes = rows[label] = measured(arguments)
            print(f"| `{label}` | {seconds:.1f} | {gigabytes:.2f} |", flush=True)
    if out:
        Path(out).write_text(json.dumps({"folder": Path(folder).name, "rows": rows}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
