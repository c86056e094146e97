"""One streamed answer, whichever SDK carries it.

The SDK opens the stream and iterates it; this module sees to it that the answer makes progress, that every
error is the domain's, and that the socket is closed on every way out.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, Generic, Protocol, TypeVar

from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent
from backend.infrastructure.adapters.llm.chat_assembly import ChatAssembler, ChatPiece
from backend.infrastructure.adapters.llm.progress import ProgressWatchdog

_TOKEN_COUNT_MS: Final = 250  # a whole answer is not held back much longer for its statistics

ChunkT = TypeVar("ChunkT")
ChunkT_co = TypeVar("ChunkT_co", covariant=True)


class ChunkStream(Protocol[ChunkT_co]):
    """An SDK's stream; ``close`` closes its socket."""

    async def __anext__(self) -> ChunkT_co: ...
    async def close(self) -> None: ...


class ChatStream(Generic[ChunkT]):
    """How one provider's answers are read.

    ``read`` turns a chunk into a piece, ``explain`` the SDK's errors into the domain's. The first piece may
    take ``first_token_timeout_ms`` from the request, each further one ``gap_timeout_ms``.
    """

    def __init__(
        self,
        provider: str,
        *,
        read: Callable[[ChunkT], ChatPiece],
        explain: Callable[[str, Exception], ProviderError],
        first_token_timeout_ms: int,
        gap_timeout_ms: int,
    ) -> None:
        self._provider = provider
        self._read = read
        self._explain = explain
        self._first_ms = first_token_timeout_ms
        self._gap_ms = gap_timeout_ms

    async def answer(self, request: Awaitable[ChunkStream[ChunkT]]) -> AsyncGenerator[LlmEvent, None]:
        """Carry out ``request`` and yield its answer, see ``LlmPort.stream``."""
        watchdog = ProgressWatchdog(self._provider, first_ms=self._first_ms)
        assembler = ChatAssembler(self._provider)
        chunks = await self._begin(request, watchdog)
        try:
            while (piece := await self._next_piece(chunks, assembler, watchdog)) is not None:
                for event in assembler.feed(piece):
                    yield event
                if piece.is_progress:
                    watchdog.progressed(
                        next_within_ms=_TOKEN_COUNT_MS if assembler.is_complete else self._gap_ms
                    )
        finally:
            await chunks.close()
        yield assembler.finish()

    async def _begin(
        self, request: Awaitable[ChunkStream[ChunkT]], watchdog: ProgressWatchdog
    ) -> ChunkStream[ChunkT]:
        try:
            return await watchdog.watch(request)
        except ProviderError:
            raise
        except Exception as error:  # the SDK's own, and what escapes it when a server talks nonsense
            # Not as its cause: the SDK's error quotes the server, and the server may quote our key.
            raise self._explain(self._provider, error) from None

    async def _next_piece(
        self, chunks: ChunkStream[ChunkT], assembler: ChatAssembler, watchdog: ProgressWatchdog
    ) -> ChatPiece | None:
        """Return what the next chunk brings, or None at the end of the stream."""
        try:
            return self._read(await watchdog.watch(chunks.__anext__()))
        except StopAsyncIteration:
            return None
        except Exception as error:  # as in _begin
            if assembler.is_complete:
                return None  # the answer is whole, only the token counts are lost
            if isinstance(error, ProviderError):
                raise
            raise self._explain(self._provider, error) from None
