"""What speculative replies and adaptive endpointing save, and what they cost.

Whole calls in virtual time, so that the numbers are exact: the scripts of ``tests.support.haste`` (finished
questions, hesitations, dictated numbers) in English and Spanish.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.support.haste import (
    HASTES,
    LLM_MS,
    PLAIN,
    STT_MS,
    TTS_MS,
    Outcome,
    Script,
    as_sentences,
    hear_all,
    without_marks,
)


def table() -> str:
    """Return the table, one line for each agent."""
    heads = "".join(f"{head:>12}" for head in ("median ms", "less", "longest ms", "cut-offs", "withdrawn"))
    lines = [
        f"Virtual time; STT {STT_MS} ms, LLM {LLM_MS} ms, TTS {TTS_MS} ms; hesitating callers, en and es.",
        f"{'voice to voice':24}{heads}",
        *_rows(lambda script: script),
        "… heard by a recogniser that takes every pause for the end of a sentence:",
        *_rows(as_sentences),
        "… heard by a recogniser that writes words only:",
        *_rows(without_marks),
    ]
    return "\n".join(lines)


def _rows(heard_as: Callable[[Script], Script]) -> list[str]:
    plain = hear_all(PLAIN, heard_as)
    return [_row(name, hear_all(haste, heard_as), plain) for name, haste in HASTES.items()]


def _row(name: str, outcome: Outcome, plain: Outcome) -> str:
    less = 100 * (1 - outcome.median_ms / plain.median_ms)
    withdrawn = f"{outcome.withdrawn} of {outcome.begun}"
    return (
        f"{name:24}{outcome.median_ms:12.0f}{less:10.1f} %{outcome.longest_ms:12.0f}"
        f"{outcome.cut_offs:12}{withdrawn:>12}"
    )
