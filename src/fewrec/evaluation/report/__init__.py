"""The document as one self-contained page."""

from fewrec.evaluation.report.page import content_security_policy, document_in, html, style, write_html

__all__ = ["content_security_policy", "document_in", "html", "style", "write_html"]
