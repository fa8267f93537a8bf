"""Transformers as ``.npz`` files: all weights, and in an array of JSON what encodes inputs and decodes outputs."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict

import numpy as np

from raspir.transformer.model import Transformer

DESCRIPTION = "description"
"""The name of the array that holds JSON, as text."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # so that equal transformers are equal files


def npz(model: Transformer) -> bytes:
    """Return a transformer as a ``.npz`` file, which ``numpy.load`` reads.

    It has the arrays of :meth:`raspir.transformer.weights.Weights.arrays` under their names, and as text in the array
    ``description`` an object of JSON: ``config``, and by name the ``vocabulary`` of each input, in the order of tokens,
    and the atoms of each of the ``outputs``, in the order of logits; ``labels`` say what each direction of the residual
    stream holds. JSON has infinite floats as Python writes them.
    """
    description = {
        "config": asdict(model.config),
        "vocabulary": {name: list(node.vocabulary or ()) for name, node in model.graph.inputs.items()},
        "outputs": model.outputs,
        "labels": model.labels,
    }
    arrays = dict(model.weights.arrays()) | {DESCRIPTION: np.array(json.dumps(description))}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy", _EARLIEST), "w") as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    return written.getvalue()
