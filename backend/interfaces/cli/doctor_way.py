"""The way in over the public address: whether it ends at this server, and what a proxy does to it."""

from __future__ import annotations

import re
import secrets
from typing import Any, Final

import orjson
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.http11 import Response

from backend.application.services.telephony.doctor import AilmentError, NotTriedError
from backend.application.services.telephony.doctor_trial import Patient
from backend.domain.errors import VictoriaError
from backend.interfaces.cli import caller_messages
from backend.interfaces.cli.doctor_address import public_parts
from backend.interfaces.cli.doctor_server import OwnServer
from backend.interfaces.cli.doctor_wire import Answer, Wire, reason_of, socket_url

REQUEST_ID: Final = "X-Request-ID"  # what the server is asked with, it answers with
_LIVE: Final = "/health/live"
# What the server makes of scheme and host of a request, in its Content-Security-Policy.
_SEEN: Final = re.compile(r"connect-src 'self' (?P<scheme>wss?)://(?P<host>[^\s;]+)")
_UPGRADE: Final = (
    "Have the proxy pass WebSockets on: HTTP/1.1, with the headers Upgrade and Connection, below /ws/."
)


class WayDoctor:
    """Walks the way to ``patient`` as a carrier does."""

    def __init__(self, patient: Patient, wire: Wire, server: OwnServer) -> None:
        self._patient = patient
        self._wire = wire
        self._server = server

    async def check_reach(self) -> str:
        """Whether a Victoria answers at the public address; see ``Examination``."""
        answer, nonce = await self._live()
        if answer.headers.get(REQUEST_ID.lower()) == nonce and answer.fields.get("status") == "ok":
            return f"{self._public} leads to a Victoria."
        raise self._elsewhere(answer)

    async def check_headers(self) -> str:
        """Whether the server believes the proxy about scheme and host; see ``Examination``."""
        try:
            answer, _ = await self._live()
        except AilmentError as error:  # found before, for what it is
            raise NotTriedError(error.message) from error
        seen = _SEEN.search(answer.headers.get("content-security-policy", ""))
        if seen is None:
            raise NotTriedError("What came back does not tell how the server saw the request.")
        if self._public.startswith("https:") and seen["scheme"] == "ws":
            raise AilmentError(
                "The server takes the request for http: it does not believe a proxy.", self._trust()
            )
        expected = public_parts(self._patient).netloc
        if seen["host"] != expected:
            raise AilmentError(
                f"The server is asked for {seen['host']} instead of {expected}.",
                "Have the proxy pass the header Host on as it came.",
            )
        return f"The server sees {expected} over {seen['scheme'].replace('ws', 'http')}, as carriers do."

    async def check_upgrade(self) -> str:
        """Whether an upgrade comes as far as the door of the telephone; see ``Examination``."""
        names = [carrier.adapter.name for carrier in self._patient.carriers] or ["nobody"]
        for name in names:
            url = socket_url(self._public, f"/ws/telephone/{name}")
            response = await self._refusal(url)
            if (response.status_code, bytes(response.body or b"")) != (403, b""):
                raise _not_passed(url, response)
        return "WebSockets come through, and without a signature or ticket the server refuses them."

    async def check_identity(self) -> str:
        """Whether the server at the public address is the one on this machine; see ``Examination``."""
        public = self._public
        ticket = (await self._server.ask("POST", "/api/live/tickets"))["ticket"]
        url = socket_url(public, "/ws/live")
        try:
            async with self._wire.socket(url) as socket:
                await socket.send(caller_messages.hello(ticket))
                first: Any = orjson.loads(await socket.recv())
        except (OSError, ValueError, WebSocketException) as error:
            raise NotTriedError(
                f"That takes a WebSocket, and there was none ({reason_of(error)})."
            ) from error
        if isinstance(first, dict) and first.get("type") == "snapshot":
            return f"{public} is this server: it knows a ticket that was issued here."
        raise AilmentError(
            f"Another Victoria answers at {public}: it does not know a ticket of this server's.",
            f"Have the proxy pass everything on to {self._patient.address}; of several servers, a call's "
            "requests and sockets all have to reach the same one.",
        )

    @property
    def _public(self) -> str:
        return public_parts(self._patient).geturl().rstrip("/")

    async def _live(self) -> tuple[Answer, str]:
        nonce = secrets.token_hex(16)
        url = f"{self._public}{_LIVE}"
        try:
            return await self._wire.ask("GET", url, headers={REQUEST_ID: nonce}), nonce
        except VictoriaError as error:
            raise AilmentError(
                error.message,
                "Start the proxy and open its port; if this machine only cannot reach its own public address "
                "(no NAT loopback), examine from another one.",
            ) from error

    async def _refusal(self, url: str) -> Response:
        """Return what an upgrade without any right is refused with."""
        try:
            async with self._wire.socket(url):
                pass
        except InvalidStatus as error:
            return error.response
        except (OSError, TimeoutError, UnicodeError, InvalidHandshake) as error:
            raise AilmentError(f"{url} does not answer an upgrade ({reason_of(error)}).", _UPGRADE) from error
        raise AilmentError(
            f"{url} takes a WebSocket that nobody signed: that is not Victoria.", self._to_this_server()
        )

    def _elsewhere(self, answer: Answer) -> AilmentError:
        if 300 <= answer.status < 400:
            return AilmentError(
                f"{self._public} redirects to {answer.headers.get('location', 'nowhere')}.",
                "Set VICTORIA_PUBLIC_BASE_URL to the address that is redirected to: carriers do not follow.",
            )
        if answer.status in {502, 503, 504}:
            return AilmentError(
                f"The proxy at {self._public} does not reach the server (HTTP {answer.status}).",
                self._to_this_server(),
            )
        return AilmentError(
            f"{self._public} leads to something else (HTTP {answer.status} by {answer.who}).",
            self._to_this_server(),
        )

    def _to_this_server(self) -> str:
        return f"Have the proxy pass everything on to {self._patient.address}."

    def _trust(self) -> str:
        trusted = ", ".join(self._patient.trusted_proxies)
        if not trusted:
            return (
                "Set VICTORIA_TRUSTED_PROXIES to the address that the proxy connects from (127.0.0.1 if it "
                "is on this machine), and restart."
            )
        return (
            f"VICTORIA_TRUSTED_PROXIES is {trusted}: that has to be where the proxy connects from, and the "
            "proxy has to send X-Forwarded-Proto and X-Forwarded-For."
        )


def _not_passed(url: str, response: Response) -> AilmentError:
    status = response.status_code
    if status == 404 and REQUEST_ID in response.headers:
        return AilmentError("The server gets upgrades as plain requests: the proxy drops Upgrade.", _UPGRADE)
    if status == 403:
        by = response.headers.get("Server", "something")
        return AilmentError(
            f"{by} refuses WebSockets before they reach the server (HTTP 403).",
            "Let carriers through whatever protects the server (firewall, bot check, login) below /ws/ and "
            "/webhook/.",
        )
    return AilmentError(f"{url} answers an upgrade with HTTP {status} instead of Victoria's 403.", _UPGRADE)
