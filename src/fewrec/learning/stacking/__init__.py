"""``ensemble``: any models together, weighed on validation users, calibrated."""

from fewrec.learning.stacking.model import AnyEnsemble
from fewrec.learning.stacking.weights import Stack, fit_stack

__all__ = ["AnyEnsemble", "Stack", "fit_stack"]
