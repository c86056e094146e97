"""The server on this machine, as its owner sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from backend.application.services.telephony.doctor import AilmentError, NotTriedError
from backend.application.services.telephony.doctor_trial import Patient
from backend.domain.errors import VictoriaError
from backend.interfaces.cli.server_api import Server


class OwnServer:
    """Asks the server of ``patient`` with the owner's ``key`` (None: it is not known)."""

    def __init__(self, patient: Patient, key: str | None) -> None:
        self._patient = patient
        self._server = Server(patient.address, key or "")
        self._has_key = key is not None

    async def check(self) -> str:
        """Whether it runs, with the settings that are examined; see ``Examination``."""
        await asyncio.to_thread(self._server.send, "GET", "/health/live", b"", {})
        if not self._has_key:
            raise AilmentError(
                f"A server runs at {self._patient.address}, and there is no key to ask it with.",
                "Give a key with --key or VICTORIA_API_KEY, or run this where the server's data folder is.",
            )
        answer = await asyncio.to_thread(self._server.ask, "GET", "/api/config/carriers")
        told = {carrier["name"]: carrier for carrier in answer["items"]}
        for carrier in self._patient.carriers:
            name = carrier.adapter.name
            theirs = told.get(name, {})
            if not theirs.get("configured") or theirs.get("webhook_url") != carrier.announces_at:
                raise AilmentError(
                    f"The server was started with other settings: {name} finds it at "
                    f"{theirs.get('webhook_url') or 'no address'} instead of {carrier.announces_at}.",
                    "Restart the server.",
                )
        return f"The server runs at {self._patient.address}, with these settings."

    async def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        """Return the JSON that the server answers. Raises ``NotTriedError`` if it does not: why, ``check``
        says."""
        try:
            return await asyncio.to_thread(self._server.ask, method, path, body)
        except VictoriaError as error:
            raise NotTriedError(f"The server on this machine has to be asked. {error.message}") from error

    async def lines(self) -> list[tuple[str, str]]:
        """Return carrier and number of every line. Raises ``NotTriedError``."""
        answer = await self.ask("GET", "/api/config/numbers")
        return [(str(line["carrier"]), str(line["number"])) for line in answer["items"]]
