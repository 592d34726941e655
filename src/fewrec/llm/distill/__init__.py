"""Distillation of encoders: a teacher's vectors taught to a static student that is tens of times faster."""

from fewrec.llm.distill.run import distill
from fewrec.llm.distill.settings import DistillConfig
from fewrec.llm.distill.texts import DistillTexts, read_texts

__all__ = ["DistillConfig", "DistillTexts", "distill", "read_texts"]
