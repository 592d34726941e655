"""The page to try it, its script and style, and the evaluation report: files of the package, served as they are."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.errors import DataError
from fewrec.evaluation import report as evaluation_report
from fewrec.serving.http import EngineDep
from fewrec.serving.problems import ProblemError
from fewrec.serving.schemas import Lang
from fewrec.store.location import locate

router = APIRouter()
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_STATIC = frozenset({"app.js", "state.js", "words.js", "views.js", "operator.js", "page.css", "icon.svg"})
_REPORT_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts"
)


@cache
def _file(name: str) -> bytes:
    return resources.files("fewrec.serving").joinpath("static", name).read_bytes()


async def page(_request: Request) -> Response:
    """The page."""
    return Response(_file("page.html"), media_type=_TYPES[".html"], headers={"Cache-Control": "no-cache"})


async def static(request: Request) -> Response:
    """A script or style of the page."""
    name = request.path_params["name"]
    if name not in _STATIC:
        raise ProblemError(404, "no-route", "there is nothing at this path")
    return Response(_file(name), media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": "no-cache"})


async def favicon(_request: Request) -> Response:
    """The icon that browsers ask for by themselves."""
    return Response(_file("icon.svg"), media_type=_TYPES[".svg"], headers={"Cache-Control": "max-age=86400"})


async def report_style(_request: Request) -> Response:
    """The style sheet of the evaluation report. Its frame is a sandbox without an origin, so the sheet is offered to every origin."""
    headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(evaluation_report.style(), media_type="text/css", headers=headers)


async def report(engine: EngineDep, lang: Lang = "en") -> Response:
    """The HTML report of ``fewrec evaluate`` in one language, in a sandbox of its own; a page of another make as it is."""
    path = Path(engine.settings.report or locate(engine.path).folder / "evaluation.html")
    if not path.is_file():
        raise ProblemError(
            404,
            "no-report",
            "there is no evaluation report",
            hint=f"fewrec evaluate {engine.path} --html {path.name} makes one",
        )

    def work() -> str:
        text = path.read_text(encoding="utf-8")
        try:
            return evaluation_report.html(evaluation_report.document_in(text), lang, stylesheet="/static/report.css")
        except DataError:
            return text

    text = await engine.compute(work)
    headers = {"Content-Security-Policy": _REPORT_POLICY, "Cross-Origin-Resource-Policy": "same-origin"}
    return Response(text, media_type="text/html", headers=headers)


for _path, _endpoint in (
    ("/", page),
    ("/static/report.css", report_style),
    ("/static/{name}", static),
    ("/favicon.ico", favicon),
    ("/report", report),
):
    router.add_api_route(_path, _endpoint, methods=["GET"], include_in_schema=False, response_model=None)
