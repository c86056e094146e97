"""A stand-in for the host of Moonshine's models, behind an HTTPS proxy on loopback.

The library's addresses and checksums are its own and cannot be changed; so the host is reached as a
proxy, shows a certificate made for the purpose, and serves files of the right length and checksum that
are otherwise empty.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import google_crc32c

HOST = "download.moonshine.ai"
_POLYNOMIAL = 0x82F63B78  # CRC-32C, Castagnoli, reflected
_BLOCK = 1 << 16


@asynccontextmanager
async def model_host(language: str, architecture: str, directory: Path) -> AsyncIterator[dict[str, str]]:
    """Serve one model; yields the environment variables that lead a download here."""
    certificate, key = directory / "host.pem", directory / "host.key"
    await asyncio.to_thread(_make_certificate, certificate, key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    files = _files(language, architecture)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(context)
        request = await reader.readuntil(b"\r\n\r\n")
        size, tail = files[request.split(b" ")[1].decode()]
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size)
        for start in range(0, size - len(tail), _BLOCK):
            writer.write(bytes(min(_BLOCK, size - len(tail) - start)))
            await writer.drain()
        writer.write(tail)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "REQUESTS_CA_BUNDLE": str(certificate)}


def _make_certificate(certificate: Path, key: Path) -> None:
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate), "-days", "2"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run(["openssl", "req", "-x509", *curve, *files, *names], check=True, capture_output=True)


def _files(language: str, architecture: str) -> Mapping[str, tuple[int, bytes]]:
    """Return size and last bytes of the model's files by path on the host."""
    from moonshine_voice import string_to_model_arch
    from moonshine_voice.moonshine_api import moonshine_get_stt_dependencies_string

    options = {"model_arch": int(string_to_model_arch(architecture))}
    manifest: dict[str, Any] = json.loads(moonshine_get_stt_dependencies_string(language, options))
    return {
        file["url"].removeprefix(f"https://{HOST}"): (file["size"], _tail(file["size"], file["checksum"]))
        for file in manifest["groups"][0]["files"]
    }


def _tail(size: int, checksum: str) -> bytes:
    """Return the four bytes that give ``size - 4`` zeros before them the wanted CRC-32C.

    Each step of the CRC is undone by the one table entry with the same highest byte.
    """
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)  # noqa: PLW2901
        table.append(value)
    by_highest = {entry >> 24: index for index, entry in enumerate(table)}
    register = int.from_bytes(base64.b64decode(checksum), "big") ^ 0xFFFFFFFF
    for _ in range(4):
        index = by_highest[register >> 24]
        register = (register ^ table[index]) << 8 & 0xFFFFFFFF | index
    before: int = google_crc32c.value(bytes(size - 4)) ^ 0xFFFFFFFF
    return (register ^ before).to_bytes(4, "little")
