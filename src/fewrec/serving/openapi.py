"""FastAPI's OpenAPI document, with what the middleware does to every route: scopes of API keys and problem details as errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from fewrec.serving.access import scope_needed
from fewrec.serving.problems import MEDIA_TYPE


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """The document that ``/openapi.json`` answers with, made once per application."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        made.setdefault("components", {})["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        for path, methods in made["paths"].items():
            for method, operation in methods.items():
                scope = scope_needed(method.upper(), path)
                if scope is not None:
                    operation["security"] = [{"bearer": [scope]}, {}]
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {MEDIA_TYPE: next(iter(response["content"].values()))}
        app.openapi_schema = made
    return app.openapi_schema
