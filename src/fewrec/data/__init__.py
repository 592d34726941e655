"""Data in: files and frames to checked tables, and events to interactions."""

from fewrec.data.merging import Observations, merge_events, observations_of_user, to_interactions
from fewrec.data.readers import read_events, read_items, read_statements
from fewrec.data.schema import EVENT_SCHEMA, STATEMENT_SCHEMA, empty_events, empty_statements
from fewrec.data.signals import DEFAULT_SIGNALS, Signal, SignalConfig, detect_rating_scale
from fewrec.data.summary import DataSummary, report_lines, summarise
from fewrec.data.timestamps import is_time, parse_timestamps, units_per_second

__all__ = [
    "DEFAULT_SIGNALS",
    "EVENT_SCHEMA",
    "STATEMENT_SCHEMA",
    "DataSummary",
    "Observations",
    "Signal",
    "SignalConfig",
    "detect_rating_scale",
    "empty_events",
    "empty_statements",
    "is_time",
    "merge_events",
    "observations_of_user",
    "parse_timestamps",
    "read_events",
    "read_items",
    "read_statements",
    "report_lines",
    "summarise",
    "to_interactions",
    "units_per_second",
]
