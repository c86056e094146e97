"""What follows from what the caller writes, and from the keys that they press.

Written words are the caller's turn as they stand: there is no pause to be waited for, and nothing about them
can be a backchannel. Keys are collected until they are complete and are words from then on (``keyed``). While
the caller's voice is there, both wait for its endpoint.
"""

from __future__ import annotations

from backend.domain.conversation.caller_rules import may_be_cut
from backend.domain.conversation.events import KeyPressed, TextTyped
from backend.domain.conversation.keyed import MOST_KEYS, keys_text
from backend.domain.conversation.state import Pausing, Silent
from backend.domain.conversation.transition import Transition
from backend.domain.conversation.turn_rules import answer_pending
from backend.domain.conversation.words import words


def text_typed(step: Transition, event: TextTyped) -> None:
    """Written words interrupt whatever may be interrupted, and are answered at once."""
    text = event.text.strip()
    if text:
        if may_be_cut(step.state):
            step.take_floor()
        _answer(step, text)


def key_pressed(step: Transition, event: KeyPressed) -> None:
    """The first key interrupts; the last one completes them."""
    if may_be_cut(step.state) and step.policy.barge_in.enabled:
        step.take_floor()
    keys = step.state.keys
    is_last = event.key == step.policy.keypad.end_key
    if not is_last or not keys:  # alone, the last key is all there is
        keys += event.key
    step.change(keys=keys, keyed_at=event.at)
    if is_last or len(keys) >= MOST_KEYS:
        keys_complete(step)


def keys_complete(step: Transition) -> None:
    """No more keys will come: they are the caller's turn. A voice of which there are no words yet is most
    likely their own sound, and not waited for."""
    text = keys_text(step.state.keys)
    step.change(keys="")
    if isinstance(step.state.caller, Pausing) and not words(step.state.pending.text):
        step.change(caller=Silent())
    _answer(step, text)


def _answer(step: Transition, text: str) -> None:
    if not isinstance(step.state.caller, Silent):
        step.change(written=(*step.state.written, text))
        return
    step.add_words([text], ended_at=step.at)
    if step.state.reply is None:
        answer_pending(step, None, is_sure=True)
