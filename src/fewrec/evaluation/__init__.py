"""Evaluation that a sceptic would accept: protocols, metrics, intervals and a report.

``evaluate(protocol, models, ...)`` returns the document; ``write_html(document, path)`` makes a page of it.
"""

from fewrec.evaluation.api import PROTOCOLS, evaluate, evaluate_protocol
from fewrec.evaluation.decoding import Examinee, Judge
from fewrec.evaluation.document import TRIVIAL
from fewrec.evaluation.protocols.candidates import CandidateList, read_candidates
from fewrec.evaluation.protocols.prompts import Prompt, read_prompts, read_users
from fewrec.evaluation.protocols.requests import RequestsSettings
from fewrec.evaluation.protocols.tallrec import Episode, EpisodeLearner
from fewrec.evaluation.report import write_html
from fewrec.evaluation.requests import Request, read_requests
from fewrec.evaluation.runner import Run
from fewrec.evaluation.settings import (
    CandidatesSettings,
    ColdItemsSettings,
    EvaluationSettings,
    KShotSettings,
    LabelsSettings,
    RoundTripSettings,
    TallrecSettings,
    TemporalSettings,
)

__all__ = [
    "PROTOCOLS",
    "TRIVIAL",
    "CandidateList",
    "CandidatesSettings",
    "ColdItemsSettings",
    "Episode",
    "EpisodeLearner",
    "EvaluationSettings",
    "Examinee",
    "Judge",
    "KShotSettings",
    "LabelsSettings",
    "Prompt",
    "Request",
    "RequestsSettings",
    "RoundTripSettings",
    "Run",
    "TallrecSettings",
    "TemporalSettings",
    "evaluate",
    "evaluate_protocol",
    "read_candidates",
    "read_prompts",
    "read_requests",
    "read_users",
    "write_html",
]
