"""Silero voice activity detection, shared by all calls of the process.

One window alone costs 110 to 180 µs, a window in a batch of eight or more 40 to 75 µs; in a server, between
other work, a batch of six was measured to take twice of what it takes alone. So a few streams are answered at
once, inside ``accept``; as soon as there are ``_CROWD`` of them at a rate, windows are gathered for
``_GATHER_S`` and run together. A batch holds at most ``_MAX_BATCH`` windows, so that no single run keeps the
event loop from the other calls' audio for more than about 3 ms. Everything happens on the event loop's
thread: a hop to another thread costs as much as the inference.

All streams of a rate live in the rows of one ``_Bank``, in arrays that are allocated once; a stream has at
most one window waiting, because a second one first runs the batch that the first is in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import numpy as np

from backend.infrastructure.adapters.vad.silero_model import (
    GEOMETRIES,
    STATE_LAYERS,
    STATE_WIDTH,
    Geometry,
    SileroModel,
)

_CROWD: Final = 8
_GATHER_S: Final = 0.01  # a third of a window; half as long, and thirty calls meet in batches of six only
_MAX_BATCH: Final = 32
_FIRST_ROWS: Final = 16

# In a long silence the recurrent state drifts until soft speech is missed. After a minute of faint noise
# a short Spanish sentence at 16 kHz scored 14 windows instead of 30 and was noticed half a second late;
# at 8 kHz one scored 43 instead of 60. Forgetting the state in clear silence cures it at both rates, and
# noise stays below 0.3.
_CLEAR_SILENCE_BELOW: Final = 0.1
_FORGET_AFTER_WINDOWS: Final = 62  # 2 s of 32 ms windows

_FULL_SCALE: Final = np.float32(1 / 32_768)  # int16 to [-1, 1)


class SileroVad:
    """A ``VadPort``. Constructing it loads and warms the model (about 0.2 s), so construct it at start-up.

    Raises ``ConfigurationError`` if the model's file is not installed.
    """

    def __init__(self) -> None:
        model = SileroModel()
        model.warm_up(_MAX_BATCH)
        self._banks = {rate: _Bank(model, geometry) for rate, geometry in GEOMETRIES.items()}

    @property
    def rates(self) -> frozenset[int]:
        """8 and 16 kHz; telephone audio needs no resampling."""
        return frozenset(self._banks)

    def open(self, rate: int, on_probability: Callable[[float], None]) -> SileroStream:
        """Begin a stream, see ``VadPort.open``.

        An error raised by ``on_probability`` comes out of this stream's own next ``accept`` and stops no
        other stream.
        """
        if rate not in self._banks:
            raise ValueError(f"{rate} Hz is not one of {sorted(self._banks)}")
        return SileroStream(self._banks[rate], on_probability)


class SileroStream:
    """One caller's row in the bank of its rate."""

    __slots__ = ("_bank", "_error", "_forget_due", "_on_probability", "_quiet_windows", "_row")

    def __init__(self, bank: _Bank, on_probability: Callable[[float], None]) -> None:
        self._bank = bank
        self._on_probability = on_probability
        self._row: int | None = bank.take_row()
        self._quiet_windows = 0
        self._forget_due = False
        self._error: Exception | None = None

    @property
    def window_samples(self) -> int:
        """256 at 8 kHz, 512 at 16 kHz: 32 ms."""
        return self._bank.geometry.window

    def accept(self, window: bytes) -> None:
        """Take the next window; ignored once closed. Raises ``ValueError`` if it has another length."""
        if self._bank.is_waiting(self):
            self._bank.run()
        if self._row is None:
            return
        self._bank.submit(self, self._row, window)
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def reset(self) -> None:
        """Forget the past; a window that waits is still judged with it."""
        if self._row is None:
            return
        if self._bank.is_waiting(self):
            self._forget_due = True
        else:
            self._bank.forget(self._row)
        self._quiet_windows = 0

    def close(self) -> None:
        """Give the row back; a window that waits is dropped."""
        if self._row is not None:
            self._bank.give_back(self, self._row)
            self._row = None

    def judged(self, probability: float) -> None:
        """The bank has run this stream's window."""
        if self._row is None:  # closed by the callback of another stream of the batch
            return
        if self._forget_due:
            self._forget_due = False
            self._bank.forget(self._row)
        elif probability >= _CLEAR_SILENCE_BELOW:
            self._quiet_windows = 0
        else:
            self._quiet_windows += 1
            if self._quiet_windows == _FORGET_AFTER_WINDOWS:
                self._quiet_windows = 0
                self._bank.forget_state(self._row)
        try:
            self._on_probability(probability)
        except Exception as error:  # whatever it is, it is this call's and must not end the others'
            self._error = error


class _Bank:
    """All streams of one rate. Row ``r`` of ``_samples`` is a stream's context and newest window."""

    def __init__(self, model: SileroModel, geometry: Geometry) -> None:
        self.geometry = geometry
        self._model = model
        self._samples = np.zeros((_FIRST_ROWS, geometry.context + geometry.window), np.int16)
        self._state = np.zeros((STATE_LAYERS, _FIRST_ROWS, STATE_WIDTH), np.float32)
        self._free = list(range(_FIRST_ROWS))
        self._waiting: dict[SileroStream, int] = {}  # stream -> row, in order of arrival
        self._timer: asyncio.TimerHandle | None = None
        # A batch's rows must be contiguous: gathered here, the state by way of a flat buffer because its
        # batch axis is the middle one. Samples become floats only now: once a batch, not once a window.
        self._batch_rows = np.zeros(_MAX_BATCH, np.intp)
        self._batch_samples = np.zeros((_MAX_BATCH, self._samples.shape[1]), np.int16)
        self._batch_inputs = np.zeros(self._batch_samples.shape, np.float32)
        self._batch_state = np.zeros(STATE_LAYERS * _MAX_BATCH * STATE_WIDTH, np.float32)

    def take_row(self) -> int:
        """Return a row without a past."""
        if not self._free:
            rows = len(self._samples)
            self._samples = np.concatenate([self._samples, np.zeros_like(self._samples)])
            self._state = np.concatenate([self._state, np.zeros_like(self._state)], axis=1)
            self._free = list(range(rows, 2 * rows))
        row = self._free.pop()
        self.forget(row)
        return row

    def give_back(self, stream: SileroStream, row: int) -> None:
        """Free a row; its stream's window is not run."""
        self._waiting.pop(stream, None)
        self._free.append(row)
        if not self._waiting:
            self._cancel_timer()

    def is_waiting(self, stream: SileroStream) -> bool:
        """Whether a window of ``stream`` has not been run."""
        return stream in self._waiting

    def forget(self, row: int) -> None:
        """Make the next window of the row a first one."""
        self._samples[row] = 0
        self.forget_state(row)

    def forget_state(self, row: int) -> None:
        """Forget what was heard, but let the next window join the last one without a click."""
        self._state[:, row] = 0.0

    def submit(self, stream: SileroStream, row: int, window: bytes) -> None:
        """Take a window of a stream that has none waiting; run it now, or with others' in ``_GATHER_S``."""
        samples = np.frombuffer(window, "<i2")
        if len(samples) != self.geometry.window:
            raise ValueError(f"a window has {self.geometry.window} samples, not {len(samples)}")
        context, own = self.geometry.context, self._samples[row]
        own[:context] = own[-context:]
        own[context:] = samples
        self._waiting[stream] = row
        if len(self._samples) - len(self._free) < _CROWD or len(self._waiting) == _MAX_BATCH:
            self.run()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_S, self.run)

    def run(self) -> None:
        """Judge all windows that wait, in one inference."""
        self._cancel_timer()
        batch, self._waiting = self._waiting, {}
        count = len(batch)
        rows = self._batch_rows[:count]
        rows[:] = list(batch.values())
        samples, inputs = self._batch_samples[:count], self._batch_inputs[:count]
        state = self._batch_state[: STATE_LAYERS * count * STATE_WIDTH]
        state = state.reshape(STATE_LAYERS, count, STATE_WIDTH)
        # "clip" never has to clip; the default mode would copy through a buffer.
        self._samples.take(rows, axis=0, out=samples, mode="clip")
        np.multiply(samples, _FULL_SCALE, out=inputs)
        self._state.take(rows, axis=1, out=state, mode="clip")
        probabilities, new_state = self._model.infer(self.geometry.rate, inputs, state)
        self._state[:, rows] = new_state
        for stream, probability in zip(batch, probabilities[:, 0].tolist(), strict=True):
            stream.judged(probability)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
