"""The two questions that a caller asks a server over HTTP: which agents are there, and a ticket, please."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from backend.domain.errors import CallerError, ConfigurationError, NotFoundError, VictoriaError

TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server and the key that opens it. All methods block, for ``TIMEOUT_S`` at most."""

    url: str
    key: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(f"{self.url!r} is not an address such as http://127.0.0.1:8000.")

    @property
    def calls_url(self) -> str:
        """Where calls are made."""
        return self.socket_url("/ws/audio")

    def socket_url(self, path: str) -> str:
        """Return where the WebSocket at ``path`` is."""
        return f"ws{self.url.removeprefix('http').rstrip('/')}{path}"

    def agent_id(self, name_or_id: str) -> str:
        """Return the agent of that id, or else of that name in any case. Raises ``VictoriaError``."""
        agents = self.ask("GET", "/api/config/agents")["items"]
        names = {str(agent["id"]): str(agent["name"]) for agent in agents}
        if name_or_id in names:
            return name_or_id
        ids = [id_ for id_, name in names.items() if name.casefold() == name_or_id.casefold()]
        if not ids:
            known = ", ".join(sorted(names.values())) or "none at all"
            raise NotFoundError(f"There is no agent {name_or_id!r}; there are: {known}.")
        if len(ids) > 1:
            raise CallerError(f"Several agents are called {name_or_id!r}; give an id: {', '.join(ids)}.")
        return ids[0]

    def ticket(self, agent_id: str) -> str:
        """Return a ticket for one call. Raises ``VictoriaError``."""
        return str(self.ask("POST", "/api/calls/tickets", {"agent_id": agent_id})["ticket"])

    def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        """Return the JSON that a request with the key is answered with, None if there is none.

        Raises ``VictoriaError``.
        """
        answer = self.send(method, path, b"" if body is None else orjson.dumps(body), {"X-API-Key": self.key})
        try:
            return orjson.loads(answer) if answer else None
        except orjson.JSONDecodeError:
            raise VictoriaError(f"No Victoria answers at {self.url}.", code="no-server") from None

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Return what a request with JSON in it is answered with. Raises ``VictoriaError``."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self.url.rstrip("/") + path,
            method=method,
            data=body or None,
            headers={"Content-Type": "application/json", **headers},
        )
        # A server is asked directly: proxies of the environment are for the internet.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT_S) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise VictoriaError(
                f"No Victoria answers at {self.url} ({reason}). Start one with: victoria serve",
                code="no-server",
            ) from None

    def _refusal(self, error: urllib.error.HTTPError) -> VictoriaError:
        if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return VictoriaError(f"The key is not valid at {self.url}.", code="wrong-key")
        return VictoriaError(f"{self.url} answers {error.code} {error.reason}.", code="refused")
