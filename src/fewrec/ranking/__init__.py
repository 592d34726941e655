"""Ranking: scores to lists, with filters, diversity, exploration, reasons and questions."""

from fewrec.ops.topk import top_k
from fewrec.ranking.filters import Filters
from fewrec.ranking.order import diversified
from fewrec.ranking.questions import best_questions
from fewrec.ranking.reasons import SPOKEN, reasons_of, strongest

__all__ = ["SPOKEN", "Filters", "best_questions", "diversified", "reasons_of", "strongest", "top_k"]
