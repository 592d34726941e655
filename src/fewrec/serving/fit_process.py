"""``python -m fewrec.serving.fit_process STORE JOB ENCODER MODEL``: one background fit, told to the store's table of jobs."""

from __future__ import annotations

import os
import sys

from fewrec.errors import FewrecError
from fewrec.fitting import fit_store
from fewrec.serving.refit import LOCK_NAME
from fewrec.store import Store
from fewrec.store.fits import fits_lock
from fewrec.store.jobs import end_job, job_owner, job_stage


def main(shown: str, job_id: str, encoder: str, model: str) -> int:
    """Exit status 0 done, 1 failed."""
    if hasattr(os, "nice"):
        os.nice(10)
    with Store.open(shown, timeout_s=60.0) as store, fits_lock(store.location.fits, wait_s=5.0, name=LOCK_NAME):
        store.write(job_owner(job_id, str(os.getpid())))
        try:
            fitted = fit_store(
                store,
                encoder=encoder or None,
                model=model,
                keep_prior=True,
                progress=lambda stage: store.write(job_stage(job_id, stage)),
            )
        except FewrecError as error:
            store.write(end_job(job_id, error=str(error)))
            sys.stderr.write(f"error: {error}\n")
            return 1
        except MemoryError:
            store.write(end_job(job_id, error="there is not enough memory for this fit"))
            raise
        store.write(end_job(job_id, fit_id=fitted.fit_id))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
