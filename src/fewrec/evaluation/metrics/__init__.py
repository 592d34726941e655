"""What is measured. Names are lower case; ``@N`` cuts the list after N items."""

from fewrec.evaluation.metrics.labelled import auc, calibration_error, log_loss, user_auc
from fewrec.evaluation.metrics.lists import coverage, diversity, novelty, self_information
from fewrec.evaluation.metrics.names import Metric, parse_metric
from fewrec.evaluation.metrics.ranked import Ranked, mrr, ndcg, recall, uauc

__all__ = [
    "Metric",
    "Ranked",
    "auc",
    "calibration_error",
    "coverage",
    "diversity",
    "log_loss",
    "mrr",
    "ndcg",
    "novelty",
    "parse_metric",
    "recall",
    "self_information",
    "uauc",
    "user_auc",
]
