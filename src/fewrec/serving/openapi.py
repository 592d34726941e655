"""The OpenAPI document, from the models that check requests and describe answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from fewrec.serving import answers, schemas
from fewrec.serving.access import scope_needed
from fewrec.serving.problems import MEDIA_TYPE

_REF = "#/components/schemas/{model}"
BODIES: tuple[type[BaseModel], ...] = (
    schemas.Event,
    schemas.EventBatch,
    schemas.Statement,
    schemas.StatementBatch,
    schemas.ItemBody,
    schemas.ItemBatch,
    schemas.AskedList,
    schemas.AskedProfile,
    schemas.AskedQuestions,
    schemas.FitBody,
)
_ID = {"type": "string", "minLength": 1, "maxLength": 512, "pattern": "^[^\\u0000]+$"}
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "A name of this request: sent again with it, the request is answered as before and not done twice.",
}


def ref(model: type[BaseModel]) -> dict[str, Any]:
    """Where a model stands in the document."""
    return {"$ref": _REF.format(model=model.__name__)}


def add(
    router: APIRouter,
    method: str,
    path: str,
    endpoint: Any,
    *,
    answer: type[BaseModel] | str,
    status: int = 200,
    query: type[BaseModel] | None = None,
    body: tuple[type[BaseModel], ...] = (),
    examples: Mapping[str, Any] | None = None,
    repeatable: bool = False,
    body_required: bool = True,
    tag: str,
    errors: tuple[int, ...] = (),
) -> None:
    """A route with its documentation: the first line of the endpoint's docstring, its query, body and answers.

    ``answer``: a model, or the media type of what is not JSON. Endpoints take the request and check it themselves with the same
    models, so that the cost of a request is that of its own work.
    """
    scope = scope_needed(method, path)
    documented: dict[int | str, dict[str, Any]] = {
        code: {"model": answers.Problem, "content": {MEDIA_TYPE: {"schema": ref(answers.Problem)}}, "description": text}
        for code, text in _ERRORS.items()
        if code in {*errors, 400, 403, 422, 429, 503, *((401,) if scope else ())}
        or (method in {"POST", "PUT"} and code in {408, 413, 415, 507})
        or (method == "DELETE" and code in {507, 413, 408})
    }
    for each in documented.values():
        del each["model"]
    if isinstance(answer, str):
        documented[status] = {"description": "Done", "content": {answer: {"schema": {"type": "string"}}}}
    else:
        documented[status] = {"description": "Done", "content": {"application/json": {"schema": ref(answer)}}}
    extra: dict[str, Any] = {"parameters": _parameters(path, query, repeatable=repeatable)}
    if body:
        schema = ref(body[0]) if len(body) == 1 else {"anyOf": [ref(each) for each in body]}
        content: dict[str, Any] = {"schema": schema}
        if examples:
            content["examples"] = {name: {"value": value} for name, value in examples.items()}
        extra["requestBody"] = {"required": body_required, "content": {"application/json": content}}
    if scope is not None:
        extra["security"] = [{"bearer": [scope]}, {}]
    name = endpoint.__name__.lstrip("_")
    router.add_api_route(
        path,
        endpoint,
        methods=[method],
        status_code=status,
        summary=(endpoint.__doc__ or name).splitlines()[0].rstrip("."),
        description=endpoint.__doc__,
        operation_id=name,
        responses=documented,
        response_model=None,
        openapi_extra=extra,
        tags=[tag],
    )


_ERRORS = {
    400: "The path or the query cannot be read",
    401: "An API key is needed",
    403: "Not allowed",
    404: "There is no such thing",
    408: "The body came too slowly",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The request cannot be used as it is",
    429: "Too many requests",
    503: "Not now; try again",
    507: "The disk is full",
}


def _parameters(path: str, query: type[BaseModel] | None, *, repeatable: bool) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    found: list[dict[str, Any]] = [{"name": name, "in": "path", "required": True, "schema": _ID} for name in names]
    if query is not None:
        for name, schema in query.model_json_schema()["properties"].items():
            schema.pop("title", None)
            about = schema.pop("description", None)
            found.append(
                {"name": name, "in": "query", "required": False, "schema": schema} | ({"description": about} if about else {})
            )
    return [*found, _IDEMPOTENCY] if repeatable else found


def document(app: FastAPI) -> dict[str, Any]:
    """What /openapi.json answers; made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        outgoing = [
            (each, "serialization")
            for each in vars(answers).values()
            if isinstance(each, type) and issubclass(each, answers.Answer) and each is not answers.Answer
        ]
        incoming = [(each, "validation") for each in BODIES]
        _, definitions = models_json_schema([*incoming, *outgoing], ref_template=_REF)  # type: ignore[list-item]
        components = made.setdefault("components", {})
        components.setdefault("schemas", {}).update(definitions["$defs"])
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        app.openapi_schema = made
    return app.openapi_schema
