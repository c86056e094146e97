import asyncio

import pytest

from backend.infrastructure.adapters.local.mailbox import Mailbox


async def test_items_come_out_in_order_and_then_the_failure() -> None:
    mailbox: Mailbox[int] = Mailbox(limit=8)
    mailbox.put(1)
    mailbox.put(2)
    mailbox.fail(RuntimeError("gone"))
    assert not mailbox.put(3)
    assert [await mailbox.get(), await mailbox.get()] == [1, 2]
    with pytest.raises(RuntimeError, match="gone"):
        await mailbox.get()


async def test_a_full_mailbox_refuses() -> None:
    mailbox: Mailbox[int] = Mailbox(limit=2)
    assert [mailbox.put(number) for number in range(3)] == [True, True, False]


async def test_closing_ends_a_wait() -> None:
    mailbox: Mailbox[int] = Mailbox(limit=2)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(mailbox.get())
        await asyncio.sleep(0)
        mailbox.close()
    assert waiting.result() is None


async def test_closing_drops_what_lies_unread() -> None:
    mailbox: Mailbox[int] = Mailbox(limit=2)
    mailbox.put(1)
    mailbox.close()
    assert await mailbox.get() is None
