"""A session of requests that follows nothing by itself, keeps no cookie, sends no stored password, and can be cut."""

import contextlib
import logging
import socket
import threading
from collections.abc import Generator
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

# urllib3 names whole addresses in its warnings, and an address may hold a key.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class Session(requests.Session):
    """Talks to one host."""

    def __init__(self) -> None:
        super().__init__()
        # What one host sets is not sent back: a fetch is the same whatever came before it.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Else requests looks for a password in the user's netrc.
        self.auth = lambda request: request
        self._adapter = _Adapter()
        self.mount("https://", self._adapter)
        self.mount("http://", self._adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """Return none. requests reads the body of a redirect whole before it hands it over; we do not read it."""
        return None

    @contextlib.contextmanager
    def watched(self, seconds: float) -> Generator[None]:
        """End the connection when the time is over, whatever it waits for.

        A timeout of the library counts from byte to byte: a host that sends one now and then never meets it.
        """
        self._adapter.is_cut = False
        watch = threading.Timer(seconds, self._adapter.cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()


class _Adapter(HTTPAdapter):
    """Knows the socket in use, and ends it on demand: at once, or as soon as there is one."""

    opened: socket.socket | None = None
    is_cut = False

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        if not getattr(pool.ConnectionCls, "is_watched", False):
            pool.ConnectionCls = _watched(pool.ConnectionCls, self)
        return pool

    def use(self, opened: socket.socket | None) -> None:
        """Take note of the socket in use."""
        self.opened = opened
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        """End the connection."""
        self.is_cut = True
        if self.opened is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket, which another thread may be reading from.
                socket.socket.shutdown(self.opened, socket.SHUT_RDWR)


def _watched(connection: Any, adapter: _Adapter) -> Any:
    class Watched(connection):
        is_watched = True

        def _new_conn(self) -> socket.socket:
            opened = super()._new_conn()
            adapter.use(opened)
            return opened

        def connect(self) -> None:
            super().connect()
            adapter.use(self.sock)

        def request(self, *arguments: Any, **options: Any) -> None:
            if self.sock is not None:
                adapter.use(self.sock)
            super().request(*arguments, **options)

    return Watched
