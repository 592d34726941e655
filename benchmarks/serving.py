"""The service against the bare minimum, as ratios: python benchmarks/serving.py STORE (a fitted store; it is copied first).

- recommend: users with at most 10 events, over HTTP, against a FastAPI route that returns the same bytes and does nothing else,
  both on the same uvicorn settings, one after the other, from the same client with the same number of connections.
- events: batched posts against a loop of SQLite inserts with the same durability (WAL, synchronous=FULL), batched and one by one.
- start: from the command to the first 200 of /v1/ready.

What is unfair: client and server share the machine; lists that are still true come from memory (the first pass, where every list is
computed, is shown apart); one client process sends everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np

BARE = """
import sys
import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response
app = FastAPI()
BODY = open(sys.argv[1], "rb").read()
@app.get("/bare")
async def bare():
    return Response(BODY, media_type="application/json")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
"""
Request = bytes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> Request:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def post(port: int, path: str, body: bytes) -> Request:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def drive(port: int, requests: list[Request], connections: int) -> tuple[float, np.ndarray]:
    """Seconds for all, and each one's latency. Every connection sends its next request when it has its answer."""
    waiting = iter(requests)
    took: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            took.append(time.perf_counter() - started)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return time.perf_counter() - started, np.array(took)


def told(name: str, seconds: float, took: np.ndarray) -> float:
    rate = len(took) / seconds
    p50, p99 = np.percentile(took, [50, 99]) * 1000
    print(f"{name:<38} {rate:9.0f} requests/s   p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   p99/p50 {p99 / p50:5.1f}")
    return rate


def start_service(store: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    command = [sys.executable, "-c", "from fewrec.cli import main; main()", "serve", str(store), "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/ready") as answer:
                if json.load(answer)["fit"]:
                    return process, time.perf_counter() - started
        except urllib.error.URLError:
            if process.poll() is not None:
                raise RuntimeError("the service did not start") from None
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def small_users(store: Path, n: int) -> list[str]:
    with sqlite3.connect(store / "fewrec.sqlite") as connection:
        query = "SELECT user_id FROM events GROUP BY user_id HAVING count(*) BETWEEN 1 AND 10 ORDER BY user_id LIMIT ?"
        return [user for (user,) in connection.execute(query, (n,))]


def recommend(store: Path, folder: Path, arguments: argparse.Namespace) -> None:
    port, rng = free_port(), random.Random(0)
    users = small_users(store, arguments.users)
    process, seconds = start_service(store, port)
    print(f"ready after {seconds:.2f} s")
    time.sleep(arguments.settle)
    paths = [f"/v1/users/{user}/recommendations?k=10" for user in users]
    body = urllib.request.urlopen(f"http://127.0.0.1:{port}{paths[0]}").read()
    (folder / "body").write_bytes(body)
    told("recommend, every list computed", *asyncio.run(drive(port, [get(port, path) for path in paths], 2)))
    asked = [get(port, rng.choice(paths)) for _ in range(arguments.requests)]
    bare_port = free_port()
    bare = subprocess.Popen([sys.executable, "-c", BARE, str(folder / "body"), str(bare_port)])
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{bare_port}/bare").read()
            break
        except urllib.error.URLError:
            time.sleep(0.05)
    ratios = []
    for _ in range(arguments.rounds):  # in turns, so that what else the machine does falls on both
        ours = told("recommend, lists known or true again", *asyncio.run(drive(port, asked, arguments.connections)))
        again = [get(bare_port, "/bare")] * arguments.requests
        ratios.append(
            ours
            / told(f"bare route, the same {len(body):,} bytes", *asyncio.run(drive(bare_port, again, arguments.connections)))
        )
    event = json.dumps({"user_id": "x", "item_id": "i1", "event": "view"}).encode()
    mixed = [post(port, "/v1/events", event) if rng.random() < 0.02 else each for each in asked]
    told("recommend, 2 % of requests are events", *asyncio.run(drive(port, mixed, arguments.connections)))
    stop(process)
    stop(bare)
    print(f"recommend / bare: {np.median(ratios):.2f} (rounds: {', '.join(f'{each:.2f}' for each in ratios)})")


def events(store: Path, folder: Path, arguments: argparse.Namespace) -> None:
    port = free_port()
    process, _ = start_service(store, port)
    time.sleep(arguments.settle)
    rows = [(f"b{n % 5000}", f"i{n % 1000}", "view", 1.0, 1.7e9 + n) for n in range(arguments.events)]
    names = ("user_id", "item_id", "event", "value", "timestamp")
    batches = [rows[start : start + 1000] for start in range(0, len(rows), 1000)]
    bodies = [json.dumps({"events": [dict(zip(names, row, strict=True)) for row in batch]}).encode() for batch in batches]
    seconds, _ = asyncio.run(drive(port, [post(port, "/v1/events", body) for body in bodies], 4))
    rates = {"POST /v1/events, batches of 1,000": len(rows) / seconds}
    one = [json.dumps(dict(zip(names, row, strict=True))).encode() for row in rows[:3000]]
    seconds, _ = asyncio.run(drive(port, [post(port, "/v1/events", body) for body in one], 32))
    rates["POST /v1/events, one by one, 32 clients"] = len(one) / seconds
    stop(process)
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (user_id TEXT, item_id TEXT, event TEXT, value REAL, timestamp REAL)")
    insert = "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
    started = time.perf_counter()
    for batch in batches:
        connection.execute("BEGIN")
        for row in batch:
            connection.execute(insert, row)
        connection.execute("COMMIT")
    rates["bare inserts, a commit per 1,000"] = len(rows) / (time.perf_counter() - started)
    started = time.perf_counter()
    for row in rows[:500]:
        connection.execute(insert, row)
    rates["bare inserts, a commit each"] = 500 / (time.perf_counter() - started)
    for name, rate in rates.items():
        print(f"{name:<40} {rate:9.0f} events/s")
    batched, single, bare_batched, bare_single = rates.values()
    print(
        f"batched / bare batched: {batched / bare_batched:.2f}   batched / bare: {batched / bare_single:.1f}   single / bare: {single / bare_single:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--users", type=int, default=300)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument(
        "--settle", type=float, default=12.0, help="seconds for the service to read the encoder's weights first"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Path(shutil.copytree(arguments.store, folder / "store"))
        recommend(store, folder, arguments)
        events(store, folder, arguments)


if __name__ == "__main__":
    main()
