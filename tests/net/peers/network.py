"""A network on loopback that a test can cut: each member reaches each other one by a way of its own.

A member joins at a front of its own, which passes its JOIN on to the daemon, and lists the others at the ends of this
member's ways to them. What is sent to where a cut lies between is accepted, as the kernel of a silent host's last router
never would, and then nothing happens: neither an answer nor an end.
"""
import asyncio
import pickle
import threading

READ_AT_ONCE = 65536


class Network:
    """with Network(daemon's address, number of members) as network: ..."""

    def __init__(self, daemon, size):
        self.daemon = daemon
        self.size = size
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.servers = []
        self.addresses = {}  # of the members, by pid
        self.ways = {}       # (from, to): the address of its near end
        self.part = {}       # by pid; those that aren't named are where the daemon is
        self.all_joined = asyncio.Event()
        self.over = asyncio.Event()  # an end of what is held would be a sign of life

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def close(self):
        for server in self.servers:
            server.close()
        self.over.set()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def front(self, pid):
        """host:port of the daemon, as this member knows it."""
        def serve(reader, writer):
            return self.serve_join(pid, reader, writer)
        return "%s:%d" % asyncio.run_coroutine_threadsafe(self.listen(serve), self.loop).result()

    def cut_off(self, *pids):
        """They reach each other, and nobody else; the others likewise."""
        self.part = {pid: "cut off" for pid in pids}

    def heal(self):
        self.part = {}

    def is_cut(self, one, other):
        return self.part.get(one) != self.part.get(other)

    async def listen(self, serve):
        async def guarded(reader, writer):
            try:
                await serve(reader, writer)
            except (OSError, asyncio.CancelledError):
                pass  # one of the ends has gone, or the test is over
            finally:
                writer.close()
        server = await asyncio.start_server(guarded, "127.0.0.1", 0)
        self.servers.append(server)
        return server.sockets[0].getsockname()

    async def serve_join(self, pid, reader, writer):
        request = await reader.read(READ_AT_ONCE)
        if self.is_cut(pid, None):
            await self.over.wait()
        answer = await self.asked(request)
        if isinstance(answer, dict):
            self.addresses.update(answer)
            if len(self.addresses) == self.size:
                self.all_joined.set()
            await self.all_joined.wait()  # a member that is learned of by the list of another has no way
            answer = {other: at if other == pid else await self.way(pid, other) for other, at in self.addresses.items()}
        writer.write(pickle.dumps(answer))

    async def asked(self, request):
        reader, writer = await asyncio.open_connection(*self.daemon)
        writer.write(request)
        answer = pickle.loads(await reader.read(READ_AT_ONCE))
        writer.close()
        return answer

    async def way(self, one, other):
        if (one, other) not in self.ways:
            def serve(reader, writer):
                return self.carry(one, other, reader, writer)
            self.ways[one, other] = await self.listen(serve)
        return self.ways[one, other]

    async def carry(self, one, other, reader, writer):
        if self.is_cut(one, other):
            await self.over.wait()
        far_reader, far_writer = await asyncio.open_connection(*self.addresses[other])
        try:
            await asyncio.gather(self.pump(one, other, reader, far_writer), self.pump(one, other, far_reader, writer))
        finally:
            far_writer.close()

    async def pump(self, one, other, reader, writer):
        while piece := await reader.read(READ_AT_ONCE):
            if not self.is_cut(one, other):
                writer.write(piece)
        if writer.can_write_eof() and not self.is_cut(one, other):
            writer.write_eof()
