"""Offline evaluation: protocols, metrics, confidence intervals and a report.

``evaluate(protocol, models, ...)`` returns the document; ``write_html(document, path)`` makes a page of it. Names are imported on first use,
so that the command line can read :mod:`fewrec.evaluation.registry` without loading NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewrec.evaluation.api import evaluate, evaluate_protocol
    from fewrec.evaluation.decoder_api import CandidateDecoder, TextScoring
    from fewrec.evaluation.document import TRIVIAL
    from fewrec.evaluation.protocols.candidates import CandidateList, read_candidates
    from fewrec.evaluation.protocols.prompts import Prompt, read_prompts, read_users
    from fewrec.evaluation.protocols.requests import RequestsSettings
    from fewrec.evaluation.protocols.tallrec import Episode, EpisodeLearner
    from fewrec.evaluation.registry import PROTOCOLS
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

_NAMES = {
    "api": ("evaluate", "evaluate_protocol"),
    "decoder_api": ("CandidateDecoder", "TextScoring"),
    "document": ("TRIVIAL",),
    "protocols.candidates": ("CandidateList", "read_candidates"),
    "protocols.prompts": ("Prompt", "read_prompts", "read_users"),
    "protocols.requests": ("RequestsSettings",),
    "protocols.tallrec": ("Episode", "EpisodeLearner"),
    "registry": ("PROTOCOLS",),
    "report": ("write_html",),
    "requests": ("Request", "read_requests"),
    "runner": ("Run",),
    "settings": (
        "CandidatesSettings",
        "ColdItemsSettings",
        "EvaluationSettings",
        "KShotSettings",
        "LabelsSettings",
        "RoundTripSettings",
        "TallrecSettings",
        "TemporalSettings",
    ),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "PROTOCOLS",
    "TRIVIAL",
    "CandidateDecoder",
    "CandidateList",
    "CandidatesSettings",
    "ColdItemsSettings",
    "Episode",
    "EpisodeLearner",
    "EvaluationSettings",
    "KShotSettings",
    "LabelsSettings",
    "Prompt",
    "Request",
    "RequestsSettings",
    "RoundTripSettings",
    "Run",
    "TallrecSettings",
    "TemporalSettings",
    "TextScoring",
    "evaluate",
    "evaluate_protocol",
    "read_candidates",
    "read_prompts",
    "read_requests",
    "read_users",
    "write_html",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'fewrec.evaluation' has no attribute {name!r}")
    return getattr(import_module(f"fewrec.evaluation.{_MODULE_OF[name]}"), name)
