"""Real Chromium with a WAV as its microphone, and ears: what the page hears and says, sample by sample."""

from __future__ import annotations

import base64
import os
import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect, sync_playwright

RATE: Final = 16_000
LOUD: Final = 10 ** (-45 / 20)  # -45 dBFS
# For how long a page is looked at until it shows what is expected: on a busy machine an engine takes seconds
# to start, and a greeting lasts for some. It costs nothing where things go right.
PATIENCE_MS: Final = 20_000

# Puts a stereo tap (left: microphone, right: what goes to the loudspeaker) beside the page's own nodes.
_TAP: Final = """
(() => {
  const taps = new WeakMap();
  window.__heard = [];
  const tapOf = (context) => {
    if (!taps.has(context)) {
      const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
      const recorder = context.createScriptProcessor(1024, 2, 2);
      recorder.onaudioprocess = ({ inputBuffer }) => {
        const pair = new Float32Array(2048);
        for (let i = 0; i < 1024; i++) {
          pair[2 * i] = inputBuffer.getChannelData(0)[i];
          pair[2 * i + 1] = inputBuffer.getChannelData(1)[i];
        }
        window.__heard.push(pair);
      };
      merger.connect(recorder);
      plainConnect.call(recorder, context.destination);
      taps.set(context, merger);
    }
    return taps.get(context);
  };
  const plainConnect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    const isOurs = target instanceof AudioDestinationNode && !(this instanceof ScriptProcessorNode);
    if (isOurs) plainConnect.call(this, tapOf(this.context), 0, 1);
    if (this instanceof MediaStreamAudioSourceNode && !this.__tapped) {
      this.__tapped = true;
      plainConnect.call(this, tapOf(this.context), 0, 0);
    }
    return plainConnect.call(this, target, ...rest);
  };
})();
"""
_TAKE: Final = """
() => {
  const length = window.__heard.reduce((sum, part) => sum + part.length, 0);
  const all = new Int16Array(length);
  let at = 0;
  for (const part of window.__heard) for (const sample of part) all[at++] = sample * 32767;
  let text = '';
  const bytes = new Uint8Array(all.buffer);
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}
"""


def chromium_path() -> str:
    """Return Debian's Chromium; skip the test if there is none, fail it in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "Chromium is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@contextmanager
def a_browser(microphone: Path | None = None) -> Iterator[Browser]:
    """Yield Chromium whose microphone plays ``microphone`` once, or beeps."""
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
    ]
    if microphone is not None:
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def listen_in(page: Page) -> None:
    """Tap what the page hears and says, from its next document on."""
    page.add_init_script(_TAP)


def heard_and_said(page: Page) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return what came from the microphone and what went to the loudspeaker (int16, shape (n,), 16 kHz)."""
    stereo = np.frombuffer(base64.b64decode(page.evaluate(_TAKE)), "<i2").reshape(-1, 2)
    return stereo[:, 0], stereo[:, 1]


def loudness(samples: NDArray[np.int16], frame_ms: int = 10) -> NDArray[np.float64]:
    """Return the RMS of each whole frame; 1.0 is full scale."""
    size = RATE * frame_ms // 1_000
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64) / 32_768
    return np.asarray(np.sqrt((frames**2).mean(axis=1)))


def loud_frames(samples: NDArray[np.int16], frame_ms: int = 10) -> NDArray[np.bool_]:
    """Return, for each whole frame, whether it can be heard (RMS above -45 dBFS)."""
    return np.asarray(loudness(samples, frame_ms) > LOUD)


def likeness(heard: NDArray[np.int16], words: NDArray[np.int16]) -> float:
    """Return how alike the loudness over time of both is, where ``words`` fit best; 1.0 is the same."""
    whole, part = loudness(heard), loudness(words)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(whole, len(part)), len(part))
    return float((windows @ part).max() / (np.linalg.norm(part) * np.linalg.norm(whole)))


def write_wav(path: Path, *parts: bytes) -> Path:
    """Write PCM16 at 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(parts))
    return path
