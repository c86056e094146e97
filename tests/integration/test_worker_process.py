"""The worker machinery with a real process at the other end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.local.framing import Kind, Message
from backend.infrastructure.adapters.local.mailbox import Mailbox
from backend.infrastructure.adapters.local.worker_process import WorkerLink, WorkerProcess

ECHO = "tests.support.echo_worker"
MEGABYTE = 1 << 20


class Stream:
    """One stream with its answers."""

    def __init__(self) -> None:
        self.answers: Mailbox[Message] = Mailbox(1_000)
        self.link: WorkerLink

    def deliver(self, message: Message | ProviderError) -> None:
        if isinstance(message, ProviderError):
            self.answers.fail(message)
        else:
            self.answers.put(message)

    def say(self, payload: bytes) -> None:
        self.link.send(Kind.AUDIO, payload)

    async def hear(self) -> bytes:
        async with asyncio.timeout(10):
            message = await self.answers.get()
        assert message is not None
        return message.payload


async def stream_of(worker: WorkerProcess, opening: bytes = b"1") -> Stream:
    stream = Stream()
    stream.link = await worker.open(opening, stream.deliver)
    return stream


@asynccontextmanager
async def echo(*arguments: str) -> AsyncIterator[WorkerProcess]:
    worker = WorkerProcess("echo", ECHO, arguments)
    try:
        yield worker
    finally:
        await worker.aclose()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  (processes outside the loop set no events)
            await asyncio.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_streams_share_the_process_and_get_their_own_answers() -> None:
    async with echo() as worker:
        streams = [await stream_of(worker) for _ in range(5)]
        for number, stream in enumerate(streams):
            stream.say(b"%d" % number)
        assert [await stream.hear() for stream in streams] == [b"0", b"1", b"2", b"3", b"4"]
        assert worker.open_streams == 5


async def test_long_work_does_not_keep_short_work_waiting() -> None:
    async with echo() as worker:
        slow, quick = await stream_of(worker, b"200000"), await stream_of(worker)
        slow.say(b"slow")
        quick.say(b"quick")
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            first = [tasks.create_task(stream.hear()) for stream in (slow, quick)]
            done, _ = await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            assert [task.result() for task in done] == [b"quick"]


async def test_a_crash_fails_the_open_streams_and_later_ones_work() -> None:
    async with echo() as worker:
        streams = [await stream_of(worker), await stream_of(worker)]
        streams[0].say(b"hello")
        assert await streams[0].hear() == b"hello"
        first_pid = worker.pid
        streams[0].say(b"crash")
        for stream in streams:
            with pytest.raises(ProviderError) as caught:
                await stream.hear()
            assert caught.value.code == "worker-died"
        again = await stream_of(worker)
        again.say(b"again")
        assert await again.hear() == b"again"
        assert worker.pid != first_pid


@pytest.mark.parametrize("is_frozen", [False, True], ids=["engine hangs", "process is frozen"])
async def test_a_process_that_hangs_is_replaced_before_much_audio_waits_for_it(*, is_frozen: bool) -> None:
    async with echo() as worker:
        stream = await stream_of(worker)
        stream.say(b"hello")
        assert await stream.hear() == b"hello"
        pid = worker.pid
        assert pid is not None
        if is_frozen:
            os.kill(pid, signal.SIGSTOP)
        else:
            stream.say(b"hang")
        for _ in range(5):
            stream.say(bytes(MEGABYTE))
        with pytest.raises(ProviderError) as caught:
            await stream.hear()
        assert caught.value.code == "worker-died"
        again = await stream_of(worker)
        again.say(b"again")
        assert await again.hear() == b"again"
        assert not is_alive(pid)


async def test_a_process_that_answers_may_be_sent_any_amount() -> None:
    async with echo() as worker:
        stream = await stream_of(worker)
        await until(lambda: worker.is_ready)
        pid = worker.pid
        for _ in range(10):
            stream.say(bytes(MEGABYTE))
            assert len(await stream.hear()) == MEGABYTE
        assert worker.pid == pid


async def test_a_bug_in_one_stream_ends_only_that_stream() -> None:
    async with echo() as worker:
        broken, fine = await stream_of(worker), await stream_of(worker)
        broken.say(b"bug")
        with pytest.raises(ProviderError, match="a bug of this stream"):
            await broken.hear()
        fine.say(b"fine")
        assert await fine.hear() == b"fine"
        assert worker.open_streams == 1


async def test_what_a_library_prints_does_not_disturb_the_messages() -> None:
    async with echo() as worker:
        stream = await stream_of(worker)
        stream.say(b"print")
        stream.say(b"clear")
        assert await stream.hear() == b"clear"


async def test_an_engine_that_cannot_load_says_why_in_one_line_and_refuses_streams(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with echo("--cannot-load") as worker:
        with caplog.at_level(logging.WARNING):
            worker.start()
            await until(lambda: bool(caplog.records))
            complaints = list(caplog.records)  # before it is started again, and complains again
        assert worker.failure == "FileNotFoundError: there is no model"
        with pytest.raises(ProviderError, match="there is no model"):
            await worker.open(b"1", Stream().deliver)
    assert len(complaints) == 1
    assert capfd.readouterr() == ("", "")


async def test_closing_ends_process_and_tasks_quickly() -> None:
    worker = WorkerProcess("echo", ECHO)
    stream = await stream_of(worker)
    stream.say(b"hello")
    await stream.hear()
    pid = worker.pid
    assert pid is not None
    async with asyncio.timeout(10):
        await worker.aclose()
        await worker.aclose()
    assert not is_alive(pid)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(ProviderError):
        await stream.hear()
    with pytest.raises(ProviderError, match="shut down"):
        await worker.open(b"1", stream.deliver)


async def test_closing_kills_a_process_that_hangs() -> None:
    worker = WorkerProcess("echo", ECHO)
    await stream_of(worker)
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    async with asyncio.timeout(10):
        await worker.aclose()
    assert not is_alive(pid)


async def test_the_process_outlives_the_signals_of_a_drain() -> None:
    async with echo() as worker:
        stream = await stream_of(worker)
        await until(lambda: worker.is_ready)
        assert worker.pid is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(worker.pid, number)
        stream.say(b"still here")
        assert await stream.hear() == b"still here"


async def test_credentials_in_our_environment_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICTORIA_SECRET_KEY", "hush")
    async with echo() as worker:
        stream = await stream_of(worker)
        stream.say(b"environment")
        names = (await stream.hear()).decode().split("\n")
        assert "PATH" in names
        assert "VICTORIA_SECRET_KEY" not in names


async def test_the_process_dies_with_its_parent() -> None:
    parent = f"""
import asyncio
from backend.infrastructure.adapters.local.worker_process import WorkerProcess
async def main():
    worker = WorkerProcess("echo", "{ECHO}")
    await worker.open(b"1", print)
    print(worker.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:  # noqa: ASYNC220
        assert process.stdout is not None
        pid = int(await asyncio.to_thread(process.stdout.readline))
        assert is_alive(pid)
        process.kill()
    await until(lambda: not is_alive(pid))
