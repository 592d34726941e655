"""Known users: who they are, what they did, forgetting them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from fewrec.forgetting import forget_user
from fewrec.serving import answers
from fewrec.serving.http import EngineDep, PathId, make_router, next_of, position
from fewrec.serving.problems import NOT_FOUND, STORING
from fewrec.serving.schemas import PageQuery
from fewrec.store import ForgetCounts, Store
from fewrec.store.changes import event_page, user_page

router = make_router("users")


@router.get("/v1/users")
async def list_users(query: Annotated[PageQuery, Query()], engine: EngineDep) -> answers.UserPage:
    """A page of known users, by id."""
    rows = await engine.compute(lambda: engine.store.read(user_page(query.after, query.limit + 1)))
    users = [answers.UserOut(user_id=user, events=n, statements=m) for user, n, m in rows[: query.limit]]
    return answers.UserPage(users=users, next=next_of(rows, query.limit))


@router.get("/v1/users/{user_id}/events")
async def user_events(user_id: PathId, query: Annotated[PageQuery, Query()], engine: EngineDep) -> answers.EventPage:
    """A page of a user's events, in order of arrival."""
    rows = engine.store.read(event_page(user_id, position(query.after), query.limit + 1))
    events = [answers.EventOut(**event) for _, event in rows[: query.limit]]
    return answers.EventPage(events=events, next=next_of(rows, query.limit))


@router.delete("/v1/users/{user_id}", responses={**STORING, **NOT_FOUND})
async def delete_user(user_id: PathId, engine: EngineDep) -> answers.Forgotten:
    """Forget a user: everything they did and said is overwritten on disk, and a fit without them begins."""

    def work() -> ForgetCounts:
        with Store.open(engine.path, timeout_s=engine.settings.store_timeout_s) as store:
            return forget_user(store, user_id)

    counts = await engine.compute(work)
    engine.forget()
    return answers.Forgotten(
        user=user_id,
        events=counts.n_events,
        statements=counts.n_statements,
        stale_fits=counts.n_fits_stale,
        erased_from_disk=counts.erased_from_disk,
    )
