"""A web on loopback: what hosts would serve, and everything a host can do wrong.

A request for `/<host>/<path>?<query>` is answered as `https://<host>/<path>?<query>` would be, so it is a mirror for
`ATLAS_MIRROR`. Nothing here leaves this machine.
"""

import contextlib
import hashlib
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO

from ingest.declaration import get_declaration, load_declarations
from ingest.transport_declaration import HttpTransport
from tests.fixtures.kit import Row
from tests.fixtures.published import answers, asked, good_rows

HTML = b"<!doctype html>\n<html><body>Just a moment...</body></html>"
MEGABYTE = bytes(2**20)
# Nobody listens there: what is not served by a test is unreachable at once.
NOBODY = "http://127.0.0.1:9"
# The day on which a test begins.
FIRST = date(2026, 11, 22)


@dataclass
class Fault:
    """What an address does instead of answering well, the first `times` times."""

    status: int = 200
    body: bytes | None = None
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    keep: float = 1.0  # share of the body that is sent
    declares_length: bool = True
    delay_seconds: float = 0
    flood_megabytes: int = 0  # zeros sent without end in sight
    drip_seconds: float = 0  # a byte at a time
    raw: Callable[[BinaryIO], None] | None = None  # writes whatever it likes, status line included
    times: int = 1 << 30


@dataclass
class Request:
    """What a client asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Web:
    """What is served, what goes wrong, and what was asked."""

    def __init__(self) -> None:
        self.served: dict[str, tuple[bytes, str]] = {}
        self.faults: dict[str, Fault] = {}
        self.asked: list[Request] = []
        self.address = ""

    def serve(self, url: str, content: bytes, content_type: str = "text/csv") -> None:
        """Answer an address with this content."""
        self.served[url.split("://", 1)[1]] = (content, content_type)

    def fault(self, url_start: str, **fault: Any) -> None:
        """Let every address that starts so go wrong."""
        self.faults[url_start.split("://", 1)[-1]] = Fault(**fault)

    def mend(self) -> None:
        """Let nothing go wrong any more."""
        self.faults.clear()

    def take_fault(self, where: str) -> Fault | None:
        for start, fault in self.faults.items():
            if where.startswith(start) and fault.times > 0:
                fault.times -= 1
                return fault
        return None


class _Server(ThreadingHTTPServer):
    def __init__(self, web: Web) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.web = web

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that hangs up on a fault is what the tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        where = self.path.lstrip("/")
        length = int(self.headers.get("Content-Length") or 0)
        self.server.web.asked.append(
            Request(self.command, where, dict(self.headers), self.rfile.read(length), time.monotonic())
        )
        planned = self.server.web.take_fault(where)
        fault = planned or Fault()
        time.sleep(fault.delay_seconds)
        if fault.raw:
            self.close_connection = True
            with contextlib.suppress(OSError):
                fault.raw(self.wfile)
            return
        if fault.flood_megabytes:
            self._flood(fault)
            return
        content, kind = self.server.web.served.get(where, (b"no recording\n", "text/plain"))
        status = fault.status if fault.status != 200 else 200 if where in self.server.web.served else 404
        body = content if fault.body is None else fault.body
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and planned is None and self.headers.get("If-None-Match") == etag:
            self._start(304, {"ETag": etag, "Content-Length": "0"})
            return
        headers = {"Content-Type": fault.content_type or kind, **fault.headers}
        if status == 200:
            headers = {"ETag": etag, **headers}
        if fault.declares_length:
            headers = {"Content-Length": str(len(body)), **headers}
        if fault.keep < 1 or not fault.declares_length:
            headers["Connection"] = "close"
            self.close_connection = True
        self._start(status, headers)
        self._send(body[: int(len(body) * fault.keep)], fault.drip_seconds)

    do_POST = do_GET  # noqa: N815

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, body: bytes, drip_seconds: float) -> None:
        with contextlib.suppress(OSError):
            if not drip_seconds:
                self.wfile.write(body)
                return
            for position in range(len(body)):
                self.wfile.write(body[position : position + 1])
                self.wfile.flush()
                time.sleep(drip_seconds)

    def _flood(self, fault: Fault) -> None:
        self._start(200, {"Content-Type": fault.content_type or "text/csv", "Connection": "close", **fault.headers})
        self.close_connection = True
        with contextlib.suppress(OSError):
            for _ in range(fault.flood_megabytes):
                self.wfile.write(MEGABYTE)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve on a free port of loopback until the block ends."""
    web = Web()
    server = _Server(web)
    server.daemon_threads = True
    web.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


def serve_good(web: Web, day: date = FIRST) -> None:
    """Answer for every source read over HTTP as its publisher would on a day, with the load that passes."""
    for source_id in http_sources():
        serve_rows(web, source_id, good_rows(source_id), day)


def http_sources() -> list[str]:
    """Return the sources read over HTTP."""
    return [name for name, source in load_declarations().items() if isinstance(source.transport, HttpTransport)]


def daily_sources() -> list[str]:
    """Return the sources that are asked over HTTP every day, whatever is archived."""
    return [name for name in http_sources() if not get_declaration(name).dated]


def serve_rows(web: Web, source_id: str, rows: list[Row], day: date = FIRST) -> None:
    """Answer for one source with these rows on a day, in its published format."""
    for url, content in answers(source_id, rows, day).items():
        web.serve(url, content, asked(source_id, day).media_types[0])


def gzip_bomb(gigabytes: float) -> bytes:
    """Return a small gzip stream that inflates to that much."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    parts = [squeezed.compress(MEGABYTE) for _ in range(int(gigabytes * 1024))]
    return b"".join([*parts, squeezed.flush()])
