"""A session of requests that follows nothing by itself, keeps no cookie, sends no stored password, and can be cut."""

import contextlib
import logging
import socket
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

# urllib3 names whole addresses in its warnings, and an address may hold a key.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class Session(requests.Session):
    """Talks to one host."""

    def __init__(self, user_agent: str) -> None:
        super().__init__()
        self.headers["User-Agent"] = user_agent
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

    def cut(self) -> None:
        """End the connection, whatever it waits for. A timer calls this, since a timeout counts from byte to byte."""
        if self._adapter.opened is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket, which another thread may be reading from.
                socket.socket.shutdown(self._adapter.opened, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Remembers the socket that was opened last."""

    opened: socket.socket | None = None

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        if not getattr(pool.ConnectionCls, "is_watched", False):
            pool.ConnectionCls = _watched(pool.ConnectionCls, self)
        return pool


def _watched(connection: Any, adapter: _Adapter) -> Any:
    class Watched(connection):
        is_watched = True

        def connect(self) -> None:
            super().connect()
            adapter.opened = self.sock

    return Watched
