"""The pursuit on atoms small enough to decompose on paper."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.decoders.decompose import pursue


def test_orthonormal_atoms_give_the_exact_decomposition() -> None:
    atoms = np.eye(6, dtype=np.float32)
    target = np.array([0.0, 0.5, 0.0, 2.0, -3.0, 1.0], dtype=np.float32)
    chosen, weights = pursue(atoms, target, 6)
    assert chosen.tolist() == [3, 5, 1]  # largest first; the negative coordinate cannot be said
    np.testing.assert_allclose(weights, [2.0, 1.0, 0.5], atol=1e-6)


def test_an_atom_made_superfluous_by_later_ones_is_dropped() -> None:
    # the diagonal is nearest at first; once both axes are in, its third coordinate only hurts
    diagonal = np.array([1.0, 1.0, 0.1]) / np.sqrt(2.01)
    atoms = np.vstack([np.eye(3)[:2], diagonal]).astype(np.float32)
    target = np.array([2.0, 1.8, -1.0], dtype=np.float32)
    assert pursue(atoms, target, 1)[0].tolist() == [2]
    chosen, weights = pursue(atoms, target, 3)
    assert chosen.tolist() == [0, 1]
    np.testing.assert_allclose(weights, [2.0, 1.8], atol=1e-5)


def test_preference_and_block_and_first() -> None:
    atoms = np.eye(3, dtype=np.float32)
    target = np.array([3.0, 2.0, 1.0], dtype=np.float32)
    chosen, _ = pursue(atoms, target, 1, preference=np.array([0.1, 1.0, 1.0], dtype=np.float32))
    assert chosen.tolist() == [1]
    chosen, _ = pursue(atoms, target, 3, block=lambda atom: np.arange(3) == 1 if atom == 0 else np.zeros(3, dtype=bool))
    assert chosen.tolist() == [0, 2]
    chosen, _ = pursue(atoms, target, 2, first=np.array([2]))
    assert chosen.tolist() == [2, 0]


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), n_atoms=st.integers(1, 8))
def test_weights_are_positive_and_more_atoms_never_fit_worse(seed: int, n_atoms: int) -> None:
    rng = np.random.default_rng(seed)
    atoms = rng.normal(size=(20, 8)).astype(np.float32)
    target = rng.normal(size=8).astype(np.float32)
    errors = []
    for n in (n_atoms, n_atoms + 3):
        chosen, weights = pursue(atoms, target, n)
        assert len(chosen) == len(set(chosen.tolist())) <= n
        assert (weights > 0).all()
        errors.append(float(np.linalg.norm(target - weights @ atoms[chosen])))
    assert errors[1] <= errors[0] + 1e-5 <= float(np.linalg.norm(target)) + 2e-5
