"""A store with its current fit, ready to answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fewrec.cli.ui import Ui
from fewrec.errors import NotFittedError, UnknownUserError

if TYPE_CHECKING:
    from fewrec.recommender import Recommender, Taste
    from fewrec.store import Store


@dataclass(frozen=True)
class Session:
    """What the commands that answer questions work with."""

    ui: Ui
    store: Store
    recommender: Recommender

    def taste(
        self,
        user: str | None,
        like: Sequence[str] | None = None,
        dislike: Sequence[str] | None = None,
        say: Sequence[str] | None = None,
        want: Sequence[str] | None = None,
        *,
        must_know: bool = False,
    ) -> Taste:
        """The taste of the user who asks. An unknown user who says nothing gets the prior, unless ``must_know``.

        Raises:
            UnknownUserError: ``must_know``, and nothing is stored about the user.
        """
        if user is not None and not self.store.user_exists(user):
            if must_know:
                raise UnknownUserError(
                    f"nothing is stored about user {user!r}",
                    hint="ingest events or statements of this user, or describe a taste with --like, --dislike and --say",
                )
            self.ui.note("unknown-user", user=user)
        return self.recommender.taste(user, like=like or (), dislike=dislike or (), say=say or (), want=want or ())


@contextmanager
def session(ui: Ui, path: str) -> Iterator[Session]:
    """Open the store and load its fit; says on stderr if the fit is out of date.

    Raises:
        NotFittedError: nothing has been fitted yet.
    """
    from fewrec.recommender import Recommender
    from fewrec.store import Store

    with Store.open(path, read_only=True) as store:
        fit = store.current_fit()
        if fit is None:
            raise NotFittedError(f"nothing has been fitted in {path}", hint=f"run fewrec fit {path} first")
        folder, meta = fit
        recommender = Recommender.load(folder, history=store, cache=store.vector_cache_path)
        if meta["stale_reason"]:
            ui.note("stale", reason=meta["stale_reason"], store=path)
        elif meta.get("revision") != store.revision:
            ui.note("new-data", store=path)
        yield Session(ui, store, recommender)
