"""The public address: whether it is one, where it leads, and what its certificate is worth."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from backend.application.services.telephony.doctor import AilmentError, NotTriedError
from backend.application.services.telephony.doctor_trial import Patient
from backend.interfaces.cli.doctor_wire import Wire, reason_of

# certbot renews 30 days before the end, Caddy when a third of the life is left: below both of these, renewal
# does not work.
_LEAST_OF_LIFE: Final = 0.25
_LEAST_S: Final = 14 * 86_400

_HTTPS_PORT: Final = 443
_EXPIRED: Final = 10  # OpenSSL, X509_V_ERR_CERT_HAS_EXPIRED
_OTHER_HOST: Final = 62  # X509_V_ERR_HOSTNAME_MISMATCH
_OTHER_ADDRESS: Final = 64  # X509_V_ERR_IP_ADDRESS_MISMATCH
_NAME_ERRORS: Final = frozenset({_OTHER_HOST, _OTHER_ADDRESS})


class AddressDoctor:
    """Looks at the address of ``patient``; ``now_s`` is Unix time."""

    def __init__(self, patient: Patient, wire: Wire, now_s: Callable[[], float] = time.time) -> None:
        self._patient = patient
        self._wire = wire
        self._now_s = now_s

    async def check_settings(self) -> str:
        """Whether there is a carrier, and an address for it; see ``Examination``."""
        names = [carrier.adapter.name for carrier in self._patient.carriers]
        if not set(names) - {"loopback"}:
            raise AilmentError(
                "No carrier is set up, so that no telephone can call.",
                "Set VICTORIA_PUBLIC_BASE_URL and a carrier's account: VICTORIA_TWILIO_ACCOUNT_SID and "
                "VICTORIA_TWILIO_AUTH_TOKEN, or Telnyx' three. docs/telephone.md says where they are found.",
            )
        return f"There is an account at {' and '.join(names)}, and a public address."

    async def check_address(self) -> str:
        """Whether the public address is https and its name is known; see ``Examination``."""
        parts = self._public()
        if parts.scheme != "https":
            raise AilmentError(
                f"The public address {parts.geturl()} is not https, and carriers send calls to no other.",
                "Put a proxy with a certificate in front, and its https:// address in "
                "VICTORIA_PUBLIC_BASE_URL.",
            )
        host, port = parts.hostname or "", parts.port or _HTTPS_PORT
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise AilmentError(
                f"No server has the name {host} ({reason_of(error)}).",
                f"Make an A or AAAA record for {host}, or mend VICTORIA_PUBLIC_BASE_URL.",
            ) from error
        addresses = ", ".join(sorted({str(address[4][0]) for address in found}))
        return f"{host} is {addresses}."

    async def check_certificate(self) -> str:
        """Whether a stranger trusts the certificate, today and in some days; see ``Examination``."""
        parts = self._public()
        if parts.scheme != "https":
            raise NotTriedError("The public address is not https.")
        host, port = parts.hostname or "", parts.port or _HTTPS_PORT
        try:
            certificate = await self._wire.certificate(host, port)
        except ssl.SSLCertVerificationError as error:
            raise _distrusted(host, error) from error
        except ssl.SSLError as error:
            raise AilmentError(
                f"Whoever listens at {host} port {port} does not speak TLS ({error.reason or error}).",
                "Have the proxy end TLS there, with a certificate.",
            ) from error
        except (OSError, TimeoutError, UnicodeError) as error:
            raise AilmentError(
                f"Nobody can be reached at {host} port {port} ({reason_of(error)}).",
                f"Start the proxy, and open port {port} in the firewall.",
            ) from error
        return self._lasts(host, certificate)

    def _lasts(self, host: str, certificate: dict[str, Any]) -> str:
        begins = ssl.cert_time_to_seconds(certificate["notBefore"])
        ends = ssl.cert_time_to_seconds(certificate["notAfter"])
        left_s = ends - self._now_s()
        left = f"{left_s / 86_400:.0f} days"
        if left_s < min(_LEAST_S, (ends - begins) * _LEAST_OF_LIFE):
            raise AilmentError(
                f"The certificate of {host} ends in {left}, and has not been renewed.",
                "Find out why the proxy does not renew its certificate; until then, renew it by hand.",
            )
        return f"The certificate of {host} is good for {left} more."

    def _public(self) -> SplitResult:
        return public_parts(self._patient)


def public_parts(patient: Patient) -> SplitResult:
    """Return the public address. Raises ``NotTriedError`` if there is none."""
    if patient.public_url is None:
        raise NotTriedError("VICTORIA_PUBLIC_BASE_URL is not set.")
    return urlsplit(patient.public_url)


def _distrusted(host: str, error: ssl.SSLCertVerificationError) -> AilmentError:
    if error.verify_code == _EXPIRED:
        return AilmentError(f"The certificate of {host} has expired.", "Renew the proxy's certificate.")
    if error.verify_code in _NAME_ERRORS:
        return AilmentError(
            f"The certificate that {host} shows is of another name.",
            f"Have the proxy show a certificate of {host}.",
        )
    return AilmentError(
        f"The certificate of {host} is not trusted ({error.verify_message}).",
        "Use a certificate of a public authority, and have the proxy send the whole chain (fullchain.pem).",
    )
