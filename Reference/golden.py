"""Writes golden files: what the reference computes, for the Swift tests to read.

A golden file is one JSON object

    {"generator", "seed", "versions", "cases": [{"name", "inputs": {...}, "expected": {...}}, ...]}

with one case a line. Some files hold further lists of the same form under their own name. Numbers are
float64 at full precision; the random inputs lie on a grid of 2⁻¹⁰, so that they are exact in float32 too and
a test in either width starts from the same numbers.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Tests" / "Golden"
MODELS = ROOT / ".deps" / "models"  # what Scripts/bootstrap.sh puts there


def case(name, inputs, **expected):
    """One case: what goes in, and what has to come out."""
    return {"name": name, "inputs": inputs, "expected": expected}


def on_grid(values, bits=10):
    """Rounds to multiples of 2⁻ᵇⁱᵗˢ, which float32 holds exactly."""
    scale = 2.0**bits
    return np.round(np.asarray(values, dtype=np.float64) * scale) / scale


def rounded(values, digits=9):
    """Keeps so many significant digits: enough for float32, and the same bytes on the next run."""
    values = np.asarray(values, dtype=np.float64)
    return np.array([float(f"{value:.{digits}g}") for value in values.ravel()]).reshape(values.shape)


def central_difference(function, point, step=1e-5):
    """The gradient of a scalar function at `point`, by central differences, one element at a time."""
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        shift = np.zeros_like(point)
        shift[index] = step
        gradient[index] = (function(point + shift) - function(point - shift)) / (2 * step)
    return gradient


def plain(value):
    """Turns numpy values into what JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value


def write(file_name, generator, seed, packages=(), **lists):
    """Writes `Tests/Golden/<file_name>`; each keyword is a list of cases, or one value.

    `packages` are further packages whose versions decide the numbers. A value that is not finite is refused:
    JSON has no name for it.
    """
    versions = {"python": platform.python_version()}
    versions.update({name: version(name) for name in ("numpy", *packages)})

    def text(value):
        return json.dumps(plain(value), allow_nan=False, ensure_ascii=False)

    lines = [f'"generator": {text("Reference/" + Path(generator).name)}', f'"seed": {seed}']
    lines.append(f'"versions": {text(versions)}')
    for name, value in lists.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f'"{name}": [\n' + ",\n".join(text(item) for item in value) + "\n]")
        else:
            lines.append(f'"{name}": {text(value)}')
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / file_name
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes")
