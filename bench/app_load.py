"""Coaches who look around: a load on a served app, in a process of its own (`python -m bench.app_load`, see bench_app).

Reads what to do as JSON from its input and prints, as JSON, how long everything took. Like a browser, a user keeps
connections open, loads what a page names and what it swaps in by itself, and keeps the static files.
"""

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field

_AT_ONCE = 6
"""Connections of one browser to one server."""
_OWN = re.compile(rb'(?:src|href)="(/static/[^"]+)"')
_TAG = re.compile(rb"<[^>]*\bhx-get=\"([^\"]+)\"[^>]*>")
_BY_SCRIPT = re.compile(rb'="(/sessions/[^"]*/replay[.]bin[^"]*)"')
_BY_ITSELF = re.compile(rb'hx-trigger="[^"]*\b(load|revealed|intersect)\b')


@dataclass
class Seen:
    """What was measured: by kind of page, the times of the page alone and with all that it loads, s; and failures."""

    alone: dict[str, list[float]] = field(default_factory=dict)
    whole: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    answers: int = 0
    bytes: int = 0


class Browser:
    """One user's connections and kept files."""

    def __init__(self, host: str, port: int, seen: Seen) -> None:
        self._host, self._port, self._seen = host, port, seen
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._kept: set[str] = set()
        self._etags: dict[str, str] = {}

    async def open(self, kind: str, path: str) -> None:
        """Load a page and what it loads."""
        start = time.perf_counter()
        body = await self._get(path)
        self._seen.alone.setdefault(kind, []).append(time.perf_counter() - start)
        named = [found.decode() for found in _OWN.findall(body)]
        swapped = [m[1].decode().replace("&amp;", "&") for m in _TAG.finditer(body) if _BY_ITSELF.search(m[0])]
        fetched = [m.decode().replace("&amp;", "&") for m in _BY_SCRIPT.findall(body)]
        wanted = [one for one in dict.fromkeys([*named, *swapped, *fetched]) if one not in self._kept]
        await asyncio.gather(*(self._get(one) for one in wanted))
        self._seen.whole.setdefault(kind, []).append(time.perf_counter() - start)

    async def _get(self, path: str) -> bytes:
        async with self._room:
            try:
                status, body = await self._asked(path)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                self._seen.failed.append(f"{path}: {type(error).__name__}")
                return b""
        self._seen.answers += 1
        self._seen.bytes += len(body)
        if status >= 400:
            self._seen.failed.append(f"{path}: {status}")
        return body

    async def _asked(self, path: str) -> tuple[int, bytes]:
        while True:
            kept = bool(self._free)
            reader, writer = self._free.pop() if kept else await asyncio.open_connection(self._host, self._port)
            try:
                known = f"if-none-match: {self._etags[path]}\r\n" if path in self._etags else ""
                writer.write(f"GET {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n{known}\r\n".encode())
                await writer.drain()
                head = await reader.readuntil(b"\r\n\r\n")
            except (ConnectionError, asyncio.IncompleteReadError):
                writer.close()
                if kept:
                    continue  # the server had closed a connection that nobody used
                raise
            status, lines = int(head[9:12]), head.lower().split(b"\r\n")
            body = await _body(reader, lines)
            if b"connection: close" in lines:
                writer.close()
            else:
                self._free.append((reader, writer))
            if any(line.startswith(b"cache-control:") and b"immutable" in line for line in lines):
                self._kept.add(path)
            for line in lines:
                if line.startswith(b"etag:") and status == 200:
                    self._etags[path] = line[5:].strip().decode()
            return status, body


async def _body(reader: asyncio.StreamReader, lines: list[bytes]) -> bytes:
    for line in lines:
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line[15:]))
    parts: list[bytes] = []
    if b"transfer-encoding: chunked" in lines:
        while size := int((await reader.readline()).strip(), 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
    return b"".join(parts)


async def _user(number: int, told: dict, seen: Seen) -> None:
    """Home, an athlete, one of their sessions, another, and again; reads each for some seconds."""
    chance = random.Random(number)
    least, most = told["think_s"]
    browser = Browser(told["host"], told["port"], seen)
    end = time.monotonic() + told["seconds"]
    await asyncio.sleep(chance.uniform(0.0, most))
    while time.monotonic() < end:
        athlete = chance.choice(told["athletes"])
        first, second = chance.sample(athlete["sessions"], 2)
        for kind, path in (
            ("home", "/"),
            ("athlete", f"/athletes/{athlete['id']}"),
            ("session", f"/sessions/{first}"),
            ("session", f"/sessions/{second}"),
        ):
            await browser.open(kind, path)
            await asyncio.sleep(chance.uniform(least, most))
            if time.monotonic() > end:
                return


async def _all(told: dict) -> Seen:
    seen = Seen()
    await asyncio.gather(*(_user(number, told, seen) for number in range(told["users"])))
    return seen


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(asyncio.run(_all(asked)).__dict__))
