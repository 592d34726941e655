"""What makes two encoders the same: an identity of weights and settings, cheap to compute, and the check against mixing."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fewrec.errors import EncoderMismatchError
from fewrec.types import Encoder

_BLOCK = 1 << 20


def make_fingerprint(kind: str, identity: Mapping[str, Any]) -> str:
    """``kind`` and 20 hexadecimal digits of everything in ``identity`` (JSON values; order of keys does not matter)."""
    canonical = json.dumps(identity, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}-{digest[:20]}"


def check_same_encoder(expected_fingerprint: str, encoder: Encoder) -> None:
    """Refuse to mix vector spaces.

    Raises:
        EncoderMismatchError: ``encoder`` is not the one that made the vectors with ``expected_fingerprint``.
    """
    if encoder.fingerprint != expected_fingerprint:
        raise EncoderMismatchError(
            f"the stored vectors were made by encoder {expected_fingerprint}, but encoder {encoder.name!r} "
            f"is {encoder.fingerprint}: their vectors cannot be compared",
            hint="use the encoder (name, version and settings) that the vectors were made with, "
            f"or encode everything anew with this one: fewrec fit STORE --encoder '{encoder.name}'",
        )


def user_cache_dir() -> Path:
    """Where fewrec keeps what it can make again: ``$FEWREC_CACHE_DIR``, else ``fewrec`` in the user's cache directory."""
    if own := os.environ.get("FEWREC_CACHE_DIR"):
        return Path(own)
    if local := os.environ.get("LOCALAPPDATA"):  # Windows
        return Path(local) / "fewrec" / "Cache"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "fewrec"


def hash_files(files: Iterable[Path]) -> dict[str, str]:
    """File name -> SHA-256 of its content.

    Gigabytes are read once: digests are remembered by path, size and time of change in :func:`user_cache_dir`.
    """
    memo_path = user_cache_dir() / "file-hashes.json"
    memo = _read_memo(memo_path)
    digests: dict[str, str] = {}
    n_known = len(memo)
    for file in files:
        stat = file.stat()
        key = f"{file.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
        if key not in memo:
            memo[key] = _sha256(file)
        digests[file.name] = memo[key]
    if len(memo) > n_known:
        _write_memo(memo_path, memo)
    return digests


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _read_memo(path: Path) -> dict[str, str]:
    try:
        memo = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # absent, unreadable or cut off: it is only a memo, hash again
        return {}
    return {str(key): str(value) for key, value in memo.items()} if isinstance(memo, dict) else {}


def _write_memo(path: Path, memo: Mapping[str, str]) -> None:
    """Replace the file in one step, so that a reader never sees half of it. A place we may not write to costs time, not results."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as stream:
            json.dump(memo, stream)
        Path(stream.name).replace(path)
    except OSError:
        return
