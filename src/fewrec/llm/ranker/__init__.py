"""Transfer learning: a language model fine-tuned on a few labelled examples answers "will this user like this item?".

TALLRec (Bao et al., RecSys 2023) with what it lacks: the label prior taken out, probabilities calibrated, guards for 16 examples.
Needs the extra ``llm`` where a network is touched; this package itself imports without it.
"""

from fewrec.llm.ranker.config import TransferConfig
from fewrec.llm.ranker.prompts import Labelled, Question

__all__ = ["Labelled", "Question", "TransferConfig"]
