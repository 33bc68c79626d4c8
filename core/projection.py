"""From many dimensions to two, for a map."""

import numpy as np

from core.protocols import Matrix


def principal_components(vectors: Matrix) -> tuple[Matrix, tuple[float, float]]:
    """The first two principal components [n, 2] and the shares of the variance they hold.

    Deterministic: each axis points to where its largest coordinate lies. Fewer than two rows or dimensions give zeros.
    """
    plane = np.zeros((len(vectors), 2), np.float32)
    if len(vectors) < 2:
        return plane, (0.0, 0.0)
    centred = vectors - vectors.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    variance = sizes**2
    total = float(variance.sum()) or 1.0
    found = min(2, len(axes))
    for axis in range(found):
        line = centred @ axes[axis]
        plane[:, axis] = line * np.sign(line[np.abs(line).argmax()] or 1)
    shares = [float(share) / total for share in variance[:2]] + [0.0, 0.0]
    return plane, (shares[0], shares[1])
