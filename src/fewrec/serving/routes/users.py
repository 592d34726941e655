"""Known users: who they are, what they did, forgetting them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.forgetting import forget_user
from fewrec.serving import answers, schemas
from fewrec.serving.openapi import add
from fewrec.serving.requests import engine_of, json_answer, next_of, path_id, position, query_of
from fewrec.serving.routes.storing import no_query
from fewrec.store import ForgetCounts, Store
from fewrec.store.changes import event_page, user_page

router = APIRouter()


async def list_users(request: Request) -> Response:
    """A page of known users, by id."""
    query, engine = query_of(schemas.PageQuery, request), engine_of(request)
    rows = await engine.compute(lambda: engine.store.read(user_page(query.after, query.limit + 1)))
    users = [{"user_id": user, "events": n, "statements": m} for user, n, m in rows[: query.limit]]
    return json_answer({"users": users, "next": next_of(rows, query.limit)})


async def user_events(request: Request) -> Response:
    """A page of a user's events, in order of arrival."""
    query, user, engine = query_of(schemas.PageQuery, request), path_id(request, "user_id"), engine_of(request)
    rows = engine.store.read(event_page(user, position(query.after), query.limit + 1))
    return json_answer({"events": [event for _, event in rows[: query.limit]], "next": next_of(rows, query.limit)})


async def delete_user(request: Request) -> Response:
    """Forget a user: everything she did and said is overwritten on disk, and a fit without her begins."""
    no_query(request)
    user, engine = path_id(request, "user_id"), engine_of(request)

    def work() -> ForgetCounts:
        with Store.open(engine.path, timeout_s=engine.settings.store_timeout_s) as store:
            return forget_user(store, user)

    counts = await engine.compute(work)
    engine.forget()
    return json_answer(
        {
            "user": user,
            "events": counts.n_events,
            "statements": counts.n_statements,
            "stale_fits": counts.n_fits_stale,
            "erased_from_disk": counts.erased_from_disk,
        }
    )


add(router, "GET", "/v1/users", list_users, answer=answers.UserPage, query=schemas.PageQuery, tag="users")
add(router, "GET", "/v1/users/{user_id}/events", user_events, answer=answers.EventPage, query=schemas.PageQuery, tag="users")
add(router, "DELETE", "/v1/users/{user_id}", delete_user, answer=answers.Forgotten, tag="users", errors=(404,))
