"""The page to try it, its script and style, and the evaluation report: files of the package, served as they are."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.serving.http import EngineDep
from fewrec.serving.problems import ProblemError
from fewrec.store.location import locate

router = APIRouter()
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_STATIC = frozenset({"app.js", "state.js", "words.js", "views.js", "operator.js", "page.css", "icon.svg"})
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts"
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


async def report(engine: EngineDep) -> Response:
    """The HTML report of ``fewrec evaluate``, in a sandbox of its own."""
    path = Path(engine.settings.report or locate(engine.path).folder / "evaluation.html")
    if not path.is_file():
        raise ProblemError(
            404,
            "no-report",
            "there is no evaluation report",
            hint=f"fewrec evaluate {engine.path} --html {path.name} makes one",
        )
    text = await engine.compute(path.read_bytes)
    headers = {"Content-Security-Policy": _REPORT_POLICY, "Cross-Origin-Resource-Policy": "same-origin"}
    return Response(text, media_type="text/html", headers=headers)


for _path, _endpoint in (("/", page), ("/static/{name}", static), ("/favicon.ico", favicon), ("/report", report)):
    router.add_api_route(_path, _endpoint, methods=["GET"], include_in_schema=False, response_model=None)
