"""A carrier's account: what opens it, what it signs, and where its numbers announce their calls."""

from __future__ import annotations

from collections.abc import Mapping

from backend.application.services.telephony.doctor import AilmentError, NotTriedError
from backend.application.services.telephony.doctor_trial import ExaminedCarrier
from backend.domain.errors import ProviderError, VictoriaError
from backend.domain.ports.telephony_port import CarrierRequest
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.interfaces.cli.doctor_server import OwnServer
from backend.interfaces.cli.doctor_wire import Answer, Wire

_JSON = {"content-type": "application/json"}


class CarrierDoctor:
    """Looks at one ``carrier``."""

    def __init__(self, carrier: ExaminedCarrier, wire: Wire, server: OwnServer) -> None:
        self._carrier = carrier
        self._name = carrier.adapter.name
        self._wire = wire
        self._server = server

    async def check_credentials(self) -> str:
        """Whether the carrier takes them; see ``Examination``."""
        try:
            await self._carrier.adapter.check()
        except ProviderError as error:
            if error.retryable:
                raise AilmentError(
                    f"{self._name} could not be asked: {error.message}.",
                    f"See that this machine reaches {self._name}, and try again.",
                ) from error
            raise AilmentError(
                f"{self._name} does not take the account's credentials: {error.message} ({error.code}).",
                f"Copy VICTORIA_{self._name.upper()}_… anew from the carrier's console.",
            ) from error
        return f"{self._name} knows the account."

    async def check_signature(self) -> str:
        """Whether what the carrier signs is taken, and nothing else; see ``Examination``."""
        trial = self._carrier.trial
        if trial is None:
            unsigned = CarrierRequest(self._carrier.announces_at, "", _JSON, b"{}")
            await self._check_unsigned(unsigned)
            return f"Unsigned requests are refused; signed ones only {self._name} itself can send."
        signed = trial.ended(trial.new_call())
        plain = {name: value for name, value in signed.headers.items() if name == "content-type"}
        await self._check_unsigned(CarrierRequest(signed.url, signed.path, plain, signed.body))
        answer = await self._send(signed, signed.headers)
        if answer.status == 200:
            return f"Requests that {self._name} signs are taken, and unsigned ones refused."
        if answer.fields.get("code") == "bad-signature":
            raise AilmentError(
                f"The server refuses what {self._name} signs.",
                "Have the proxy pass path and query on as they came, and start the server with the same "
                "VICTORIA_PUBLIC_BASE_URL and secrets as are set here.",
            )
        raise AilmentError(
            f"{signed.url} answers {_told(answer)} to a request of {self._name}'s.",
            "Have the proxy pass everything below /webhook/ on to the server; the server's log says more.",
        )

    async def check_numbers(self) -> str:
        """Whether the carrier announces calls to our numbers to us; see ``Examination``."""
        numbers = [number for carrier, number in await self._server.lines() if carrier == self._name]
        if not numbers:
            raise AilmentError(
                f"No number at {self._name} has an agent.",
                "Add the number in the console (Settings, Phone numbers), and choose who answers it.",
            )
        for number in numbers:
            self._compare(number, await self._carrier.adapter.webhook_of(PhoneNumber(number)))
        count = "The number" if len(numbers) == 1 else f"All {len(numbers)} numbers"
        return f"{count} at {self._name}: calls are announced here."

    def _compare(self, number: str, announced_at: str | None) -> None:
        ours = self._carrier.announces_at
        if announced_at is None:
            raise AilmentError(
                f"{number} is not a number of this account at {self._name}.",
                f"Remove {number} in the console (Settings, Phone numbers), or buy it at {self._name}.",
            )
        if announced_at.rstrip("/") != ours:
            raise AilmentError(
                f"{self._name} announces calls to {number} to {announced_at or 'nobody'}.",
                f"Enter {ours} for {number} at {self._name}.",
            )

    async def _check_unsigned(self, request: CarrierRequest) -> None:
        answer = await self._send(request, request.headers)
        if answer.fields.get("code") == "bad-signature":
            return
        if answer.status < 300:
            raise AilmentError(
                f"{request.url} takes requests that nobody signed: that is not Victoria.",
                "Have the proxy pass everything below /webhook/ on to the server.",
            )
        raise AilmentError(
            f"{request.url} answers {_told(answer)} before it looks at a signature.",
            "Restart the server with these settings, and let nothing before it ask carriers for a login.",
        )

    async def _send(self, request: CarrierRequest, headers: Mapping[str, str]) -> Answer:
        try:
            return await self._wire.ask("POST", request.url, headers=headers, body=request.body)
        except VictoriaError as error:
            raise NotTriedError(error.message) from error


def _told(answer: Answer) -> str:
    code = answer.fields.get("code")
    return f"HTTP {answer.status}" + (f" ({code})" if code else f" by {answer.who}")
