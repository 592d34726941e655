"""The durable store: a directory with a SQLite database, fitted models and the vector cache."""

from fewrec.store.counts import ForgetCounts, IngestCounts, StoreSummary
from fewrec.store.database import StoreBusyError, StoreFullError
from fewrec.store.store import Store

__all__ = ["ForgetCounts", "IngestCounts", "Store", "StoreBusyError", "StoreFullError", "StoreSummary"]
