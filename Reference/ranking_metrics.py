"""AUC, GAUC, log-loss and calibration of impressions, by scikit-learn.

AUC is `roc_auc_score`, log-loss `log_loss`, both with sample weights. GAUC is the AUC within each user who has both classes,
averaged by the users' weights. Calibration is predicted over observed positives. Cases have ties, users of one class, one
class in all, and weights.
"""
import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

import golden


def auc(scores, labels, weights):
    return roc_auc_score(labels, scores, sample_weight=weights) if len(set(labels)) == 2 else None


def gauc(scores, labels, users, weights):
    total = found = 0.0
    for user in set(users):
        own = users == user
        area = auc(scores[own], labels[own], weights[own])
        if area is not None:
            found += weights[own].sum() * area
            total += weights[own].sum()
    return found / total if total else None


def measure(name, scores, labels, users, weights):
    positives = (weights * labels).sum()
    return golden.case(
        name, {"scores": scores, "labels": labels.astype(bool), "users": users, "weights": weights},
        auc=auc(scores, labels, weights), gauc=gauc(scores, labels, users, weights),
        logLoss=log_loss(labels, scores, sample_weight=weights, labels=[0, 1]),
        calibration=(weights * scores).sum() / positives if positives else None)


def main():
    seed = 223
    random = np.random.default_rng(seed)
    cases = []
    for name, count, levels, users, rate, weighted in (
            ("plain", 60, 1000, 5, 0.4, False), ("ties", 80, 4, 6, 0.3, False), ("weights", 60, 1000, 5, 0.4, True),
            ("ties and weights", 80, 3, 6, 0.3, True), ("users of one class", 40, 50, 20, 0.2, True),
            ("one class in all", 12, 50, 3, 0.0, True), ("all scores equal", 20, 1, 3, 0.5, True)):
        scores = (random.integers(0, levels, count) + 0.5) / levels
        labels = (random.random(count) < rate).astype(int)
        weights = random.integers(1, 9, count) / 4 if weighted else np.ones(count)
        cases.append(measure(name, scores, labels, random.integers(0, users, count), weights))
    golden.write("ranking_metrics.json", __file__, seed, packages=("scikit-learn",), cases=cases)


if __name__ == "__main__":
    main()
