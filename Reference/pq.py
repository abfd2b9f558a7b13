"""Product quantization: a vector of D numbers becomes M codes, one a slice of D / M numbers (§2.4).

A slice takes the index of the nearest of its C centroids in squared L2 distance; of equally near ones the
lowest. Normalizing the vectors first makes the L2 distance rank as the cosine does. Utilization is, a sub-
quantizer, the share of its centroids that some vector uses. The collision rate is the share of vectors
whose whole code is also the code of another vector.
"""

from collections import Counter

import numpy as np

import golden


def normalized(vectors):
    """Unit length, a row; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(norms == 0, 1, norms)


def slice_distances(vectors, codebook):
    """Squared distances [N, M, C] of vectors [N, D] to the codebook [M, C, D / M]."""
    count, width, part = codebook.shape
    slices = vectors.reshape(len(vectors), count, 1, part)
    return np.square(slices - codebook[None]).sum(axis=-1)


def encode(vectors, codebook):
    """Codes, [N, M]."""
    return slice_distances(vectors, codebook).argmin(axis=-1)


def decode(codes, codebook):
    """Reconstructions, [N, D]."""
    return np.concatenate([codebook[m][codes[:, m]] for m in range(len(codebook))], axis=1)


def utilization(codes, centroids):
    """The share of centroids in use, [M]."""
    return np.array([len(set(column)) / centroids for column in codes.T.tolist()])


def collision_rate(codes):
    owners = Counter(map(tuple, codes.tolist()))
    return sum(count for count in owners.values() if count > 1) / len(codes)


def clear_margin(vectors, codebook, margin=1e-3):
    """Whether no slice lies almost halfway between two centroids, so that float32 finds the same codes."""
    two = np.sort(slice_distances(vectors, codebook), axis=-1)[..., :2]
    return bool((two[..., 1] - two[..., 0] > margin).all(axis=None))


def random_set(random, count, parts, centroids, part, is_normalized):
    """Draws again until every code is clear."""
    while True:
        codebook = golden.on_grid(random.normal(0, 0.5, size=(parts, centroids, part)))
        vectors = golden.on_grid(random.normal(0, 0.5, size=(count, parts * part)))
        if clear_margin(normalized(vectors) if is_normalized else vectors, codebook):
            return vectors, codebook, is_normalized


def main():
    seed = 110
    random = np.random.default_rng(seed)
    corners = np.array([[[0.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]])
    hand = np.array([[0.25, 0.0, 1.0, 0.25], [0.75, 1.0, 0.0, 2.0], [0.0, 0.25, 0.75, 0.0]])
    sets = {
        "by hand": (hand, corners, False),
        "tie takes the lowest": (np.array([[0.5, 0.5, 0.5, 0.5]]), corners, False),
        "M = 4, C = 4": random_set(random, 24, 4, 4, 2, False),
        "M = 2, C = 16, normalized": random_set(random, 20, 2, 16, 4, True),
        "M = 8, C = 2": random_set(random, 16, 8, 2, 1, False),
        "M = 1": random_set(random, 6, 1, 8, 3, True),
        "zero vector, normalized": (np.zeros((2, 4)), corners + 0.25, True),
    }
    cases = []
    for name, (vectors, codebook, is_normalized) in sets.items():
        used = normalized(vectors) if is_normalized else vectors
        codes = encode(used, codebook)
        reconstructions = decode(codes, codebook)
        cases.append(
            golden.case(
                name,
                {"vectors": vectors, "codebook": codebook, "isNormalized": is_normalized},
                codes=codes,
                reconstructions=reconstructions,
                squaredErrors=np.square(used - reconstructions).sum(axis=1),
                utilization=utilization(codes, codebook.shape[1]),
                collisionRate=collision_rate(codes),
            )
        )
    golden.write("pq.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
