"""Eq. (6): the alignment of each reward's gradient with the sum of all of them.

    Iᵢ = ⟨gᵢ, Σₖ gₖ⟩

A gradient is a list of tensors; the inner product runs over all of them as over one long vector. With two
rewards the cross terms are equal, so I₁ − I₂ = ‖g₁‖² − ‖g₂‖²: in Eq. (5), which only sees differences, POPO
then compares gradient norms.
"""

import numpy as np

import golden


def gram(gradients):
    """Inner products of all pairs, [K, K]; gradients: [K][tensors][elements]."""
    return np.array([
        [sum(float(np.dot(a, b)) for a, b in zip(left, right, strict=True)) for right in gradients]
        for left in gradients
    ])


def alignment(gradients):
    """Iᵢ, [K]: the row sums of the Gram matrix."""
    return gram(gradients).sum(axis=1)


def main():
    seed = 106
    random = np.random.default_rng(seed)

    def gradients(count, sizes, spread=1.0):
        return [[golden.on_grid(random.normal(0, spread, size)) for size in sizes] for _ in range(count)]

    opposite = gradients(1, (4, 3))[0]
    sets = {
        "by hand": [[np.array([1.0, 2.0]), np.array([0.0])], [np.array([3.0, -1.0]), np.array([2.0])]],
        "K = 2": gradients(2, (6, 3, 1)),
        "K = 2, one small": [gradients(1, (5, 2))[0], gradients(1, (5, 2), spread=0.03125)[0]],
        "K = 3": gradients(3, (8, 4)),
        "K = 5": gradients(5, (3, 7, 2, 4)),
        "orthogonal": [[np.array([2.0, 0.0, 0.0])], [np.array([0.0, 3.0, 0.0])], [np.array([0.0, 0.0, 0.5])]],
        "conflict": [opposite, [-0.5 * part for part in opposite]],
        "one zero": [gradients(1, (4,))[0], [np.zeros(4)]],
        "all zero": [[np.zeros(2)], [np.zeros(2)]],
    }
    cases = []
    for name, set_ in sets.items():
        matrix, aligned = gram(set_), alignment(set_)
        squares = np.diag(matrix)
        total = [sum(parts) for parts in zip(*set_)]
        direct = [sum(np.dot(a, b) for a, b in zip(own, total)) for own in set_]
        assert np.allclose(aligned, direct), "Eq. (6) as printed"
        if len(set_) == 2:
            assert np.isclose(aligned[0] - aligned[1], squares[0] - squares[1]), "identity at K = 2"
        cases.append(
            golden.case(name, {"gradients": set_}, alignment=aligned, norms=np.sqrt(squares), gram=matrix)
        )
    golden.write("eq06.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
