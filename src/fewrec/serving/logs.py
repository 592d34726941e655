"""One JSON object a line on stderr."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import orjson

LOGGER = logging.getLogger("fewrec.serving")


class JsonLines(logging.Formatter):
    """Time, level, message, and whatever was given as ``extra={"about": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception's traceback is one of its values."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "message": record.getMessage()}
        line |= getattr(record, "about", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode("utf-8", "backslashreplace")


def set_up() -> None:
    """Send this service's and uvicorn's records to stderr as JSON. Called by the program, never on import."""
    # What no line of ours shows need not be found out for each (the Python Logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in (("fewrec", logging.INFO), ("uvicorn", logging.INFO), ("uvicorn.error", logging.INFO)):
        logger = logging.getLogger(name)
        logger.handlers = [handler] if name != "uvicorn.error" else []
        logger.setLevel(level)
        logger.propagate = name == "uvicorn.error"
