"""The recognition of the scripted Deepgram: how far it has listened, and what it says about that."""

from __future__ import annotations

from typing import Final

_WORD_MS: Final = 150


class Ears:
    """One connection's recognition; positions are in seconds from the connection's first sample."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._samples = 0
        self._loud_samples = 0
        self._shown = 0
        self.begin_s = 0.0  # of the stretch whose words may still change

    @property
    def now_s(self) -> float:
        """How far it has listened."""
        return self._samples / self._rate

    @property
    def has_speech(self) -> bool:
        """Whether there was any since the last flush."""
        return self._loud_samples > 0

    def hear(self, samples: int, line: str, *, is_loud: bool) -> str:
        """Take more audio in which ``line`` is being said; return its words so far if there are more."""
        self._samples += samples
        if not is_loud:
            return ""
        self._loud_samples += samples
        words = line.split()
        audible = min(len(words), self._loud_samples * 1_000 // (self._rate * _WORD_MS))
        if audible <= self._shown:
            return ""
        self._shown = audible
        return " ".join(words[:audible]).lower().rstrip(".,?!")

    def flush(self, text: str, language: str | None) -> dict[str, object]:
        """Return the answer to a Finalize, and begin anew."""
        answer = result(text, self.begin_s, self.now_s, is_final=True, from_finalize=True, language=language)
        self.begin_s, self._loud_samples, self._shown = self.now_s, 0, 0
        return answer


def interim(text: str, ears: Ears) -> dict[str, object]:
    """Return words that may change."""
    return result(text, ears.begin_s, ears.now_s)


def result(
    text: str,
    begin_s: float,
    end_s: float,
    *,
    is_final: bool = False,
    from_finalize: bool = False,
    language: str | None = None,
) -> dict[str, object]:
    """Return a message of type Results."""
    place: dict[str, object] = {"start": begin_s, "end": end_s, "confidence": 0.9}
    words = [{"word": word, **place, **_in(language)} for word in text.split()]
    alternative: dict[str, object] = {"transcript": text, "confidence": 0.9, "words": words}
    if language:
        alternative["languages"] = [language]
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "duration": end_s - begin_s,
        "start": begin_s,
        "is_final": is_final,
        "speech_final": False,
        "from_finalize": from_finalize,
        "channel": {"alternatives": [alternative]},
        "metadata": {"request_id": "scripted"},
    }


def _in(language: str | None) -> dict[str, str]:
    return {"language": language} if language else {}
