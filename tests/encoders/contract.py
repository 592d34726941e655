"""The shipped contract, for encoders that are made by fixtures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fewrec.testing.encoders import HARD, SENTENCES
from fewrec.testing.encoders import EncoderContract as Shipped
from fewrec.types import Encoder

__all__ = ["HARD", "SENTENCES", "EncoderContract"]


class EncoderContract(Shipped):
    """Define the fixtures ``encoder``, ``again`` (makes it again, with other settings of speed) and ``changed`` (another setting)."""

    @pytest.fixture(autouse=True)
    def _given(self, encoder: Encoder, again: Callable[[], Encoder], changed: Encoder) -> None:
        self._encoder, self._again, self._changed = encoder, again, changed

    @property
    def subject(self) -> Encoder:
        return self._encoder

    def make(self) -> Encoder:
        return self._again()

    def make_changed(self) -> Encoder:
        return self._changed
