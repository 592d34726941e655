"""Non-negative orthogonal matching pursuit: a target as a short sum of atoms with positive weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from fewrec.types import Matrix, Rows, Vector

Blocked = NDArray[np.bool_]


def pursue(
    atoms: Matrix,
    target: Vector,
    n_atoms: int,
    *,
    preference: Vector | None = None,
    first: Rows | None = None,
    block: Callable[[int], Blocked] | None = None,
    tolerance: float = 1e-6,
) -> tuple[Rows, Vector]:
    """Choose up to ``n_atoms`` atoms greedily and refit all their weights after every choice.

    Source: Bruckstein, Elad & Zibulevsky, "On the uniqueness of nonnegative sparse solutions", IEEE Trans. IT 2008;
    the inner solver is Lawson & Hanson's active set (SciPy).

    Args:
        atoms: (c, d), rows of any length above 0; a row of length 0 is never chosen.
        target: (d,).
        n_atoms: The most atoms to choose.
        preference: (c,) >= 0, multiplies each atom's correlation with what is left of the target; 0 forbids the atom.
        first: Atoms that are chosen before the pursuit starts, in this order.
        block: Given a chosen atom, which atoms (c,) may no longer be chosen (near-duplicates).
        tolerance: Stop when the best correlation with the residual is below this share of the target's length.

    Returns:
        Chosen atoms in order of choice, and their weights, > 0 but for those of ``first``, which may be 0: an atom that later
        ones make superfluous is dropped and its place is filled.
    """
    lengths = np.linalg.norm(atoms, axis=1)  # (c,)
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    if preference is not None:
        scale = scale * preference
    open_ = scale > 0
    floor = tolerance * float(np.linalg.norm(target))
    chosen: list[int] = []
    kept = frozenset() if first is None else frozenset(int(atom) for atom in first)
    weights = np.zeros(0, dtype=np.float64)
    residual = target.astype(np.float64)
    queue = [] if first is None else [int(atom) for atom in first]
    while len(chosen) < min(n_atoms, len(atoms)):
        if queue:
            atom = queue.pop(0)
            if not open_[atom]:
                continue
        else:
            score = np.where(open_, (atoms @ residual.astype(atoms.dtype)) * scale, 0.0)  # (c,)
            atom = int(score.argmax())
            if score[atom] <= floor * scale[atom] * lengths[atom]:
                break
        chosen.append(atom)
        open_[atom] = False
        if block is not None:
            open_ &= ~block(atom)
        basis = atoms[chosen].astype(np.float64)  # (|chosen|, d)
        weights, _ = nnls(basis.T, target.astype(np.float64))
        residual = target - weights @ basis
        needed = [place for place, atom in enumerate(chosen) if weights[place] > 0 or atom in kept]
        chosen, weights = [chosen[place] for place in needed], weights[needed]
    return np.asarray(chosen, dtype=np.int64), weights.astype(np.float32)
