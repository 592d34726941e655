"""HTML out of running text: tags, comments and entities go, what only looks like a tag (``a < b``, ``I <3 it``) stays."""

from __future__ import annotations

import html
import re
from html.entities import html5

_BLOCK_NAMES = (
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "head header hr html iframe legend li main nav noscript object ol optgroup option p pre section select summary table tbody td "
    "template textarea tfoot th thead title tr ul video"
)
_INLINE_NAMES = (
    "a abbr acronym area audio b base bdi bdo big button canvas cite code col colgroup data datalist del dfn dialog em embed font i img "
    "input ins kbd label link map mark meta meter output param picture progress q rp rt ruby s samp script small source span strike "
    "strong style sub sup svg path time track tt u var wbr"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_INLINE = frozenset(_INLINE_NAMES.split())
_UNSEEN = re.compile(r"<(script|style)(?:\s[^<>]*)?>|<!--", re.IGNORECASE)
_END_OF = {
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "<!--": re.compile(r"-->"),
}
# An attribute needs a value, or a name that HTML knows to stand alone, so that "a <b and b> c" is no tag.
_VALUE = r"""(?:"[^"]{0,4000}"|'[^']{0,4000}'|[^\s"'<>=`]+)"""
_ATTRIBUTE = (
    rf"(?:[\w:.-]{{1,100}}\s?=\s?{_VALUE}|disabled|checked|selected|controls|async|defer|hidden|autoplay|loop|muted|nowrap)"
)
_TAG = re.compile(
    rf"<(?P<close>/)?(?P<name>[A-Za-z][A-Za-z0-9]{{0,15}}(?:[:-][A-Za-z0-9-]{{1,30}})?)(?:\s{{1,20}}{_ATTRIBUTE}){{0,100}}\s{{0,20}}/?>"
    rf"|<(?P<cut>[A-Za-z]{{1,10}})\s{{1,20}}[A-Za-z-]{{1,30}}=[^<>]*\Z"  # the text was cut off inside a tag
    r"|<!(?:DOCTYPE|doctype)\s[^<>]{0,200}>|<!\[CDATA\[|\]\]>"
)
_ENTITY = re.compile(r"&(?:amp;){0,50}(?P<name>#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")


def strip_markup(text: str) -> str:
    """One level of markup removed; text inside ``&lt;b&gt;`` needs a second call. Linear in the length of the text."""
    if "<" in text:
        text = _drop_unseen(text)
        text = _TAG.sub(_without_tag, text)
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return text


def _drop_unseen(text: str) -> str:
    """Drop scripts, styles and comments with their contents; an opening without an end loses the tag alone."""
    kept, start, endless = [], 0, set()
    for found in _UNSEEN.finditer(text):
        kind = (found[1] or found[0]).lower()
        if found.start() < start or kind in endless:
            continue
        end = _END_OF[kind].search(text, found.end())
        if end is None:
            endless.add(kind)
            continue
        kept += [text[start : found.start()], " "]
        start = end.end()
    return "".join([*kept, text[start:]])


def _without_tag(found: re.Match[str]) -> str:
    name = (found["name"] or found["cut"] or "").lower()
    if not name or name in _BLOCK:
        return " "
    return "" if name in _INLINE or not name.isalnum() else found[0]


def _character(found: re.Match[str]) -> str:
    name = found["name"]
    return html.unescape("&" + name) if name[0] == "#" or name in html5 else found[0]
