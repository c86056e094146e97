"""What follows from what carriers do: they find out who answered, and they put callers through.

While one of these is under way the agent is on *standby*: it says nothing, and what the caller says stays
pending.
"""

from __future__ import annotations

from typing import Final

from backend.domain.conversation.effects import ReplyKind
from backend.domain.conversation.events import AnswererDetected, TransferFailed
from backend.domain.conversation.state import AwaitingBeep, Phase, Transferring
from backend.domain.conversation.transition import Transition
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.answerer import Answerer, OnMachine

# Where nobody tells that a greeting is over, it is by then: carriers listen for 30 s at most (Twilio's
# MachineDetectionTimeout).
GREETING_MS: Final = 30_000


def answerer_detected(step: Transition, event: AnswererDetected) -> None:
    """A machine has answered: hang up, leave a message when it has finished, or talk to it all the same."""
    is_fax = event.answerer is Answerer.FAX
    if not is_fax and event.answerer is not Answerer.MACHINE:
        return
    if step.state.phase is not Phase.ACTIVE or isinstance(step.state.standby, Transferring):
        return
    if is_fax or step.policy.on_machine is OnMachine.HANG_UP:
        step.leave(EndCause.ANSWERING_MACHINE)
    elif step.policy.on_machine is OnMachine.LEAVE_MESSAGE:
        _await_beep(step)
        if event.greeting_is_over:
            leave_message(step)


def _await_beep(step: Transition) -> None:
    """Be silent until the machine has finished, unless the message is being left already."""
    reply = step.state.reply
    if step.state.standby is None and (reply is None or reply.kind is not ReplyKind.VOICEMAIL):
        step.cut()
        step.change(standby=AwaitingBeep(step.at))


def leave_message(step: Transition) -> None:
    """The machine listens: leave the message, once."""
    if isinstance(step.state.standby, AwaitingBeep):
        step.change(standby=None)
        step.start_reply(ReplyKind.VOICEMAIL, step.policy.voicemail)


def transfer_failed(step: Transition, event: TransferFailed) -> None:
    """The caller is still there: the transfer that was under way reached nobody, or the current reply asked
    for somebody who does not exist, which the caller is told when it has been heard."""
    if event.reply_id == 0:
        if isinstance(step.state.standby, Transferring):
            take_back(step)
    elif step.state.reply is not None and step.state.reply.id == event.reply_id:
        step.change_reply(was_refused=True)


def take_back(step: Transition) -> None:
    """The agent talks to the caller again."""
    step.change(standby=None)
    step.start_reply(ReplyKind.TRANSFER_FAILED, step.phrases.transfer_failed)
