"""Distilling a ranker: what a language model answers about many made-up users, learned by a linear scorer that costs microseconds."""

from fewrec.llm.ranker_distillation.distillation import DistillationConfig, distil
from fewrec.llm.ranker_distillation.student import ScorerModel, Student, load_student, save_student

__all__ = ["DistillationConfig", "ScorerModel", "Student", "distil", "load_student", "save_student"]
