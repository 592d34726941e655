"""The document as one self-contained page."""

from fewrec.evaluation.report.page import write_html

__all__ = ["write_html"]
