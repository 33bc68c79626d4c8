"""A wire between a browser and a server: it takes a while, as a network does, and can be cut."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 0.04
"""Each way."""


class Wire:
    """Made by `wired`. `url` is its near end."""

    def __init__(self, port: int) -> None:
        self.port, self.url = port, ""
        self.loop = asyncio.new_event_loop()
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Every connection ends at once, with all that is under way; new ones are let through."""

        def abort() -> None:
            for end in self._ends:
                end.transport.abort()

        self.loop.call_soon_threadsafe(abort)

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        server = await asyncio.start_server(self._join, "127.0.0.1")
        self.url = "http://{}:{}".format(*server.sockets[0].getsockname())
        ready.set()
        await over.wait()
        server.close()
        for end in list(self._ends):
            end.transport.abort()
        await asyncio.sleep(2 * SECONDS)

    async def _join(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        try:
            far, to_far = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            to_near.transport.abort()
            return
        ends = {to_near, to_far}
        self._ends |= ends
        try:
            await asyncio.gather(self._carry(near, to_far), self._carry(far, to_near))
        except OSError:  # cut
            for end in ends:
                end.transport.abort()
        finally:
            self._ends -= ends

    async def _carry(self, source: asyncio.StreamReader, end: asyncio.StreamWriter) -> None:
        while data := await source.read(1 << 16):
            self.loop.call_later(SECONDS, _write, end, data)
        self.loop.call_later(SECONDS, end.close)


def _write(end: asyncio.StreamWriter, data: bytes) -> None:
    if not end.is_closing():
        end.write(data)


@contextmanager
def wired(port: int) -> Iterator[Wire]:
    """A wire to that port of this machine, for as long as the block lasts."""
    wire, ready, over = Wire(port), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=wire.loop.run_until_complete, args=(wire.serve(ready, over),))
    thread.start()
    ready.wait()
    try:
        yield wire
    finally:
        wire.loop.call_soon_threadsafe(over.set)
        thread.join()
        wire.loop.close()
