"""``ensemble``: any models together, weighed on validation users, calibrated."""

from fewrec.models.stacking.model import AnyEnsemble
from fewrec.models.stacking.weights import Stack, fit_stack

__all__ = ["AnyEnsemble", "Stack", "fit_stack"]
