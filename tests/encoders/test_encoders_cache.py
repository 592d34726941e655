"""The cache: exact, shared, resumable, and never wrong."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from fewrec.encoders import CachedEncoder, MultilingualEncoder, VectorCache, load_encoder
from fewrec.errors import StoreError
from fewrec.types import Matrix


class LettersEncoder:
    """Counts letters: enough of an encoder to see what is asked of it."""

    name = "letters"
    dimensions = 26
    fingerprint = "letters-1"

    def __init__(self, stop_after: int | None = None) -> None:
        self.seen: list[str] = []
        self.stop_after = stop_after

    def encode(self, texts: Sequence[str]) -> Matrix:
        if self.stop_after is not None and len(self.seen) + len(texts) > self.stop_after:
            raise KeyboardInterrupt
        self.seen += texts
        counts = np.array([[text.count(chr(97 + i)) for i in range(26)] for text in texts], dtype=np.float32).reshape(-1, 26)
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        return np.divide(counts, lengths, out=np.zeros_like(counts), where=lengths > 0)


def vectors_of(n: int, d: int = 8, seed: int = 0) -> Matrix:
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def test_gives_back_exactly_what_was_put_and_nothing_else(tmp_path: Path) -> None:
    texts = ["星际穿越", "", "a", "half \ud83d"]
    vectors = vectors_of(4)
    with VectorCache(tmp_path / "cache.db") as cache:
        cache.put("one", texts, vectors)
        got, found = cache.get("one", ["a", "b", "星际穿越", "a", "half \ud83d", ""], 8)
        assert found.tolist() == [True, False, True, True, True, True]
        np.testing.assert_array_equal(got, vectors[[2, 2, 0, 2, 3, 1]] * np.array([1, 0, 1, 1, 1, 1], np.float32)[:, None])
        assert not cache.get("another encoder", texts, 8)[1].any()
    with VectorCache(tmp_path / "cache.db") as cache:  # still there the next day
        np.testing.assert_array_equal(cache.get("one", texts, 8)[0], vectors)


def test_texts_themselves_are_not_on_disk_and_can_be_forgotten(tmp_path: Path) -> None:
    with VectorCache(tmp_path / "cache.db") as cache:
        cache.put("one", ["a private remark", "other"], vectors_of(2))
        cache.put("two", ["a private remark"], vectors_of(1))
        assert cache.remove(["a private remark", "never seen"]) == 2
        assert len(cache) == 1
        assert cache.get("one", ["a private remark", "other"], 8)[1].tolist() == [False, True]
    assert all(b"private" not in file.read_bytes() for file in tmp_path.iterdir())


def test_only_misses_are_encoded_and_doubles_once(tmp_path: Path) -> None:
    encoder = LettersEncoder()
    cached = CachedEncoder(encoder, VectorCache(tmp_path / "cache.db"))
    first = cached.encode(["abc", "xyz", "abc"])
    assert sorted(encoder.seen) == ["abc", "xyz"]
    np.testing.assert_array_equal(first[0], first[2])
    again = cached.encode(["xyz", "new", "abc"])
    assert sorted(encoder.seen) == ["abc", "new", "xyz"]
    np.testing.assert_array_equal(again, LettersEncoder().encode(["xyz", "new", "abc"]))
    assert cached.encode([]).shape == (0, 26)
    assert (cached.name, cached.dimensions, cached.fingerprint) == ("letters", 26, "letters-1")


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    texts = [f"text {i} {'abcdefgh'[i % 8]}" for i in range(1000)]
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(LettersEncoder(stop_after=600), VectorCache(tmp_path / "cache.db")).encode(texts)
    resumed = LettersEncoder()
    vectors = CachedEncoder(resumed, VectorCache(tmp_path / "cache.db")).encode(texts)
    assert len(resumed.seen) == 1000 - 512
    np.testing.assert_array_equal(vectors, LettersEncoder().encode(texts))


def test_the_default_encoder_with_a_cache_gives_the_same_vectors(tmp_path: Path) -> None:
    texts = ["科幻", "", "science fiction", "科幻"]
    plain = MultilingualEncoder().encode(texts)
    cached = load_encoder("default", cache=tmp_path / "new folder" / "cache.db")
    np.testing.assert_allclose(cached.encode(texts), plain, atol=1e-6)
    np.testing.assert_allclose(cached.encode(texts), plain, atol=1e-6)


def test_twenty_thousand_vectors_in_and_out_in_seconds(tmp_path: Path) -> None:
    texts, vectors = [f"item {i}" for i in range(20_000)], vectors_of(20_000, 512)
    with VectorCache(tmp_path / "cache.db") as cache:
        start = time.process_time()
        cache.put("e", texts, vectors)
        got, found = cache.get("e", texts, 512)
        assert time.process_time() - start < 5
    assert found.all()
    np.testing.assert_array_equal(got, vectors)


WRITER = """
import sys, numpy as np
from fewrec.encoders import VectorCache
cache = VectorCache(sys.argv[1])
for batch in range(int(sys.argv[3])):
    texts = [f"{sys.argv[2]} {batch} {i}" for i in range(50)]
    cache.put("e", texts, np.full((50, 64), batch, dtype=np.float32))
    print(batch, flush=True)
"""


def writer(path: Path, who: str, batches: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), who, str(batches)], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with writer(path, "w", 10_000) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(40)]
        os.kill(process.pid, signal.SIGKILL)
    with VectorCache(path) as cache:
        for batch in acknowledged:
            got, found = cache.get("e", [f"w {batch} {i}" for i in range(50)], 64)
            assert found.all()
            assert (got == batch).all()
        assert len(cache) % 50 == 0  # a batch is there or it is not


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    processes = [writer(path, who, 40) for who in ("a", "b")]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with VectorCache(path) as cache:
        assert len(cache) == 2 * 40 * 50


def test_a_damaged_file_is_reported_set_aside_and_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "cache.db"
    path.write_bytes(b"this is no database" * 1000)
    with caplog.at_level(logging.WARNING), VectorCache(path) as cache:
        assert "is damaged" in caplog.text
        cache.put("e", ["a"], vectors_of(1))
        assert cache.get("e", ["a"], 8)[1].all()
    assert (tmp_path / "cache.db.damaged").read_bytes().startswith(b"this is no database")


@pytest.mark.parametrize("seed", range(6))
def test_damage_anywhere_in_the_file_never_gives_a_wrong_vector(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    path = tmp_path / "cache.db"
    texts, vectors = [f"item {i}" for i in range(500)], vectors_of(500, 64)
    with VectorCache(path) as cache:
        cache.put("e", texts, vectors)
    content = bytearray(path.read_bytes())
    for place in rng.integers(0, len(content), size=200):
        content[place] ^= int(rng.integers(1, 256))
    path.write_bytes(content)
    try:
        cache = VectorCache(path)
    except StoreError:  # the damage made it look like somebody else's database: refused, not overwritten
        return
    with cache:
        got, found = cache.get("e", texts, 64)
        np.testing.assert_array_equal(got[found], vectors[found])
        cache.put("e", texts, vectors)
        got, found = cache.get("e", texts, 64)
        np.testing.assert_array_equal(got[found], vectors[found])


def test_a_damaged_row_counts_as_absent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "cache.db"
    with VectorCache(path) as cache:
        cache.put("e", ["a", "b"], vectors_of(2))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE vectors SET vector = zeroblob(32) WHERE rowid = 1")
    connection.commit()
    connection.close()
    with VectorCache(path) as cache, caplog.at_level(logging.WARNING):
        assert cache.get("e", ["a", "b"], 8)[1].sum() == 1
        assert "1 damaged" in caplog.text


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE precious (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        VectorCache(path)
    assert not (tmp_path / "theirs.db.damaged").exists()


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot use the vector cache") as caught:
        VectorCache(tmp_path / "file" / "cache.db")
    assert "name another place" in str(caught.value.hint)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_opens_the_file_for_itself(tmp_path: Path) -> None:
    with VectorCache(tmp_path / "cache.db") as cache:
        cache.put("e", ["parent"], vectors_of(1))
        child = os.fork()
        if child == 0:
            cache.put("e", ["child"], vectors_of(1))
            os._exit(0 if cache.get("e", ["parent"], 8)[1].all() else 1)
        assert os.waitpid(child, 0)[1] == 0
        cache.put("e", ["after"], vectors_of(1))
        assert cache.get("e", ["parent", "child", "after"], 8)[1].all()
