"""The Silero VAD network: where its file is, and one inference for the windows of several streams.

The network is a recurrent one: besides the audio it takes the state that it returned for the window
before, and, easily forgotten because everything seems to work without it, the last few samples of that
window in front of the new one (``context``). Input ``[batch, context + window]`` float32 in [-1, 1],
state ``[2, batch, 128]``, one sample rate for the whole batch; output ``[batch, 1]`` and the new state.
A row's result does not depend on the other rows (measured: bit-equal to single runs).
Sizes are those of ``silero_vad/utils_vad.py`` (OnnxWrapper), version 6.2.3.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from backend.domain.errors import ConfigurationError

Floats = NDArray[np.float32]

STATE_WIDTH: Final = 128
STATE_LAYERS: Final = 2


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the network takes at one sample rate, in samples."""

    rate: int
    window: int
    context: int


GEOMETRIES: Final = {8_000: Geometry(8_000, 256, 32), 16_000: Geometry(16_000, 512, 64)}


class _Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that is used (the package has no types)."""

    def run(self, outputs: Sequence[str] | None, inputs: dict[str, object]) -> list[Floats]: ...


class SileroModel:
    """One ONNX session, loaded once and used by all streams. Not safe to use from two threads."""

    def __init__(self) -> None:
        self._session = _load(_model_file())
        self._rates = {rate: np.array(rate, np.int64) for rate in GEOMETRIES}

    def infer(self, rate: int, inputs: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Return probabilities, shape ``(n, 1)``, and the new state, shape ``(2, n, 128)``.

        ``inputs`` has shape ``(n, context + window)``, ``state`` ``(2, n, 128)``; both C-contiguous.
        """
        probabilities, new_state = self._session.run(
            None, {"input": inputs, "state": state, "sr": self._rates[rate]}
        )
        return probabilities, new_state

    def warm_up(self, batch: int) -> None:
        """Run once at every rate, alone and in a batch, so that no call pays for first allocations."""
        for geometry in GEOMETRIES.values():
            for rows in (1, batch):
                self.infer(
                    geometry.rate,
                    np.zeros((rows, geometry.context + geometry.window), np.float32),
                    np.zeros((STATE_LAYERS, rows, STATE_WIDTH), np.float32),
                )


def _model_file() -> Path:
    """Return the file's path without importing ``silero_vad``, which would import torch."""
    spec = importlib.util.find_spec("silero_vad")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(root) / "data" / "silero_vad.onnx"
        if path.is_file():
            return path
    raise ConfigurationError(
        "the voice activity model is missing: install requirements.lock with pip's --no-deps",
        code="vad-model-missing",
    )


def _load(path: Path) -> _Session:
    import onnxruntime  # noqa: PLC0415 (heavy: loaded by the process that answers calls only)

    options = onnxruntime.SessionOptions()
    # More threads make every batch slower, and they would take the cores of other calls.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: it warns about GPUs that nobody asked for
    session: _Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session
