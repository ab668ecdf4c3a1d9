"""The one client for the open web: spaced, retried, capped, and believed only as far as `policy` goes.

A process has one client, so a host that nobody can be reached at is tried once a run, and one that was too slow three
times is not asked again in it. Retries live here and nowhere else.
"""

import contextlib
import random
import time
import zlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin

from ingest.errors import AtlasError, FetchError, GoneError, NotMirroredError, UnreachableError
from ingest.web import policy

if TYPE_CHECKING:
    import requests

    from ingest.web.session import Session

USER_AGENT = "infra-atlas/0.1 (open data warehouse; Python requests)"
CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
ATTEMPTS = 3
FIRST_WAIT_SECONDS = 1.0
MAX_REDIRECTS = 5
CHUNK_BYTES = 2**16


@dataclass(frozen=True)
class Ask:
    """One question: an address and what may come back.

    `url` is the address as declared, which is also how messages name it. `secret` is a header or a parameter that
    stands in neither. `etag` and `last_modified` come from the answer that is archived, if there is one.
    """

    url: str
    media_types: tuple[str, ...]
    max_bytes: int
    hosts: tuple[str, ...] = ()
    body: str | None = None
    spacing_seconds: float = 0
    answer_seconds: float | None = None
    user_agent: str = USER_AGENT
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    etag: str | None = None
    last_modified: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that stand in no address, message or file."""
        return (*self.secret_headers.values(), *self.secret_parameters.values())


@dataclass(frozen=True)
class Answer:
    """What came. `content` is None where the publisher says that nothing has changed.

    `is_whole` tells whether its length was proven: an answer that ends with the connection may have been cut short.
    """

    content: bytes | None
    etag: str | None
    last_modified: str | None
    attempts: int
    is_whole: bool = True


class _TryAgainError(Exception):
    """A passing fault: what happened, and how long the host asks to be left alone."""

    def __init__(self, reason: str, wait_seconds: float | None = None, *, host_is_silent: bool = False) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
        self.host_is_silent = host_is_silent


class Client:
    """Asks hosts, one session each. Not for use by several threads at once."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._sessions: dict[str, Session] = {}
        self._asked: dict[str, float] = {}
        self._silent: dict[str, str] = {}

    def fetch(self, ask: Ask, until: float, *, use_mirror: bool = True) -> Answer:
        """Return the answer to a question before the monotonic time `until`.

        Raises UnreachableError where nobody answered and FetchError where the answer cannot be believed.
        """
        try:
            return self._fetch(ask, until, policy.mirror() if use_mirror else None)
        except AtlasError as error:
            told = type(error)(policy.without_secrets(str(error), ask.secrets))
        # Raised out here, it has no earlier error behind it that could hold a secret.
        raise told

    def _fetch(self, ask: Ask, until: float, base: str | None) -> Answer:
        host = policy.host_of(ask.url)
        if host in self._silent:
            raise UnreachableError(f"{host} did not answer earlier in this run ({self._silent[host]}).")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._follow(ask, base, until, attempt)
            except _TryAgainError as fault:
                self._wait_or_give_up(host, fault, attempt, until)
        raise AssertionError("the last attempt returns or raises")

    def _wait_or_give_up(self, host: str, fault: _TryAgainError, attempt: int, until: float) -> None:
        times = "once" if attempt == 1 else f"{attempt} times"
        left = until - time.monotonic()
        backoff = FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
        wait = backoff if fault.wait_seconds is None else fault.wait_seconds
        if attempt < ATTEMPTS and wait < left:
            self._sleep(wait)
            return
        asks = f", and asks to be left alone for {wait:.0f} s" if fault.wait_seconds and wait >= left else ""
        if fault.host_is_silent or asks:
            self._silent[host] = f"{fault}{asks}"
        raise UnreachableError(f"{host}: {fault}, asked {times}{asks}. The next run asks again.") from None

    def _follow(self, ask: Ask, base: str | None, until: float, attempt: int) -> Answer:
        """Ask, and go where the host sends us on to as long as the declaration allows it."""
        url, body, home = ask.url, ask.body, policy.host_of(ask.url)
        hosts = {home, *ask.hosts}
        for _ in range(MAX_REDIRECTS + 1):
            with self._open(ask, url, body, base, until) as response:
                if response.status_code not in policy.MOVED:
                    return self._judge(ask, response, base, until, attempt)
                target = _join(url, response.headers.get("Location") or "")
                policy.require_allowed(target, hosts, ask.secrets)
                if response.status_code in (301, 302, 303):
                    body = None
                url = target
        raise FetchError(f"was sent on more than {MAX_REDIRECTS} times.")

    @contextlib.contextmanager
    def _open(
        self, ask: Ask, url: str, body: str | None, base: str | None, until: float
    ) -> "Generator[requests.Response]":
        import requests

        host = policy.host_of(url)
        headers = {
            "User-Agent": ask.user_agent,
            "Accept-Encoding": "gzip",
            "Accept": ", ".join((*ask.media_types, "*/*;q=0.1")),
        }
        parameters: Mapping[str, str] = {}
        if ask.etag:
            headers["If-None-Match"] = ask.etag
        if ask.last_modified:
            headers["If-Modified-Since"] = ask.last_modified
        if host == policy.host_of(ask.url) and base is None:
            headers |= dict(ask.secret_headers)
            parameters = ask.secret_parameters
        session = self._session(host)
        if base is None:
            if not requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)):
                self._require_public(host)
            self._space(host, ask.spacing_seconds)
        too_slow = UnreachableError(f"{host} was too slow: the time for this source is over.")
        left = until - time.monotonic()
        if left <= 0:
            raise too_slow
        silence = ask.answer_seconds or READ_SECONDS
        with session.watched(left):
            fault: Exception | None = None
            try:
                response = session.request(
                    "GET" if body is None else "POST", policy.mirrored(url, base) if base else url, params=parameters,
                    data=body.encode() if body is not None else None, headers=headers, stream=True,
                    allow_redirects=False, timeout=(min(CONNECT_SECONDS, left), min(silence, left)),
                )  # fmt: skip
            except (requests.RequestException, ValueError) as error:
                fault = error
            if fault is not None:
                if time.monotonic() >= until:
                    raise too_slow
                self._explain(host, fault)
            with response:
                yield response

    def _session(self, host: str) -> "Session":
        from ingest.web.session import Session

        if host not in self._sessions:
            self._sessions[host] = Session()
        return self._sessions[host]

    def _require_public(self, host: str) -> None:
        try:
            policy.require_public(host)
        except AtlasError:
            self._silent[host] = "it has no public address here"
            raise

    def _space(self, host: str, seconds: float) -> None:
        ready = self._asked.get(host, 0.0) + seconds
        if (wait := ready - time.monotonic()) > 0:
            self._sleep(wait)
        self._asked[host] = time.monotonic()

    def _explain(self, host: str, error: Exception) -> NoReturn:
        """Turn a fault of the connection into one of ours. Its own text is left out: it holds the whole address."""
        import requests

        if isinstance(error, requests.exceptions.SSLError):
            self._silent[host] = "its certificate is not valid"
            raise FetchError(f"the certificate of {host} is not valid for this machine. It was not asked further.")
        # A host nobody can be reached at is tried once a run; one that is slow may only be busy.
        if isinstance(error, requests.Timeout) and not isinstance(error, requests.ConnectTimeout):
            raise _TryAgainError("no answer in time", host_is_silent=True)
        if isinstance(error, requests.ConnectionError):
            self._silent[host] = "no connection"
            raise UnreachableError(f"no connection to {host}. The next run asks again.")
        raise FetchError(f"{host} could not be asked ({type(error).__name__}).")

    def _judge(self, ask: Ask, response: "requests.Response", base: str | None, until: float, attempt: int) -> Answer:
        status, headers = response.status_code, response.headers
        is_conditional = bool(ask.etag or ask.last_modified)
        if status == 304 and is_conditional:
            return Answer(None, ask.etag, ask.last_modified, attempt)
        if status in policy.RETRIED:
            raise _TryAgainError(f"answered {status}", policy.seconds_to_wait(headers, datetime.now(UTC)))
        if status != 200:
            raise _refusal(status, has_key=bool(ask.secret_headers or ask.secret_parameters), is_mirror=bool(base))
        policy.require_media_type(headers, ask.media_types)
        content, is_whole = _read(response, ask.max_bytes, until)
        policy.require_data(content, ask.media_types)
        etag, modified = headers.get("ETag"), headers.get("Last-Modified")
        if policy.holds_secret(f"{etag}{modified}".encode() + content, ask.secrets):
            raise FetchError("the answer repeats the key it was asked with, so it was not kept.")
        if not is_whole:
            # The whole file may carry the same ETag: asking for changes only would keep what was cut for ever.
            etag = modified = None
        return Answer(content, etag, modified, attempt, is_whole)


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _refusal(status: int, *, has_key: bool, is_mirror: bool) -> AtlasError:
    if status in (404, 410) and is_mirror:
        return NotMirroredError("the mirror holds no copy of it.")
    told = {
        401: "check the key" if has_key else "the publisher now asks for a key",
        403: "check the key" if has_key else "the publisher may not serve programs any more",
        404: "the address is gone; look for the new one on the publisher's page",
        410: "the address is gone; look for the new one on the publisher's page",
    }
    error = GoneError if status in (404, 410) else FetchError
    return error(f"expected data, came status {status}: {told.get(status, 'look at the address in a browser')}.")


def _read(response: "requests.Response", max_bytes: int, until: float) -> tuple[bytes, bool]:
    """Return the body, inflated where it was sent compressed, and whether its length was proven.

    Raises before more than `max_bytes` are held. A length that was promised is checked, and so is the end of a
    compressed body; an answer that ends with the connection has no proof of its length.
    """
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    encoding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise FetchError(f"expected plain or gzip content, came {encoding[:20]}.")
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding != "identity" else None
    is_chunked = (response.headers.get("Transfer-Encoding") or "").strip().lower() == "chunked"
    promised = _length(response.headers) if not is_chunked else None
    if promised is not None and promised > max_bytes:
        raise FetchError(_too_large(max_bytes, f"{promised:,} bytes"))
    held = bytearray()
    try:
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=False):
            held += inflate.decompress(chunk, max_bytes + 1 - len(held)) if inflate else chunk
            if len(held) > max_bytes:
                raise FetchError(_too_large(max_bytes, "more"))
            if time.monotonic() > until or (inflate and inflate.eof):
                break
    except ReadTimeoutError:
        raise _TryAgainError("the answer stopped half-way", host_is_silent=True) from None
    except HTTPError:
        if time.monotonic() <= until:
            length = "" if promised is None else f" of {promised:,}"
            raise FetchError(f"the answer was cut short: {len(held):,}{length} bytes came.") from None
    except zlib.error:
        raise FetchError("the compressed answer is damaged.") from None
    if time.monotonic() > until:
        raise UnreachableError(f"the answer was not complete in time; {len(held):,} bytes had come.")
    if inflate and not inflate.eof:
        raise FetchError(f"the compressed answer was cut short after {len(held):,} bytes.")
    if inflate and inflate.unused_data:
        raise FetchError("the compressed answer goes on after its end.")
    return bytes(held), bool(inflate) or is_chunked or promised is not None


def _length(headers: Mapping[str, str]) -> int | None:
    """Return the length an answer promises; None where it promises none that makes sense."""
    text = (headers.get("Content-Length") or "").strip()
    return int(text[:18]) if text.isascii() and text.isdecimal() else None


def _too_large(max_bytes: int, came: str) -> str:
    return f"expected at most {max_bytes:,} bytes, came {came}. If the publisher's file has grown, raise max_bytes."


@cache
def client() -> Client:
    """Return the one client of this process."""
    return Client()
