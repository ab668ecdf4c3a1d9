"""What may be asked, and which answers are believed. Pure but for the one look-up of a host's addresses.

Nothing here knows of sources or of the archive.
"""

import email.utils
import ipaddress
import json
import os
import re
import socket
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus, unquote_to_bytes, urlsplit

from ingest.errors import FetchError, UnreachableError, UsageError

MIRROR = "ATLAS_MIRROR"
RETRIED = frozenset({429, *range(500, 600)})
MOVED = frozenset({301, 302, 303, 307, 308})
MARKUP = re.compile(rb"\s*<(?:!doctype|\?xml|html|head|body|script)\b", re.IGNORECASE)
XML = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?xml")
# The declaration, and the style sheets a publisher names for whoever looks at it in a browser.
XML_DECLARATION = re.compile(rb"^(?:\s*<\?xml\b[^>]*\?>)+")
LOCAL_NAMES = (".local", ".internal", ".localhost", ".lan", ".home.arpa")


def mirror() -> str | None:
    """Return the address under which all hosts are asked instead, or None. Raises UsageError where it is none."""
    given = os.environ.get(MIRROR)
    if not given:
        return None
    try:
        parts = urlsplit(given)
        fit = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fit = False
    if not fit or parts.username or parts.password or parts.query or parts.fragment:
        # The setting may hold a password, so it is not repeated.
        raise UsageError(f"{MIRROR} must be an address such as http://127.0.0.1:8123, without user name or query.")
    return given.rstrip("/")


def mirrored(url: str, base: str) -> str:
    """Return where a mirror keeps a public address: `<mirror>/<host>/<path>?<query>`."""
    return f"{base}/{url.split('://', 1)[1]}"


def host_of(url: str) -> str:
    """Return the host of an address, lower case; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    """Whether a host is this machine or its own network, as far as its name tells."""
    if ("." not in host and ":" not in host) or host.endswith(LOCAL_NAMES):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        # Some libraries read 127.1 or 0x7f.0.0.1 as an address; no public host ends in a number.
        return bool(re.fullmatch(r"(?:0x[0-9a-f]*|\d+)", host.rsplit(".", 1)[-1]))


def require_allowed(url: str, hosts: Collection[str], secrets: Collection[str] = ()) -> None:
    """Raise FetchError unless a redirect's target is HTTPS on a declared host and repeats no secret."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    # Libraries read a backslash, an at sign or a character beyond ASCII in different ways: what one takes for the host
    # another takes for the path.
    if not re.fullmatch(r"[!-?A-\[\]-~]+", url):
        raise FetchError("was sent on to an address with characters that no publisher needs. It was not followed.")
    try:
        parts = urlsplit(url)
        host, port, other = (parts.hostname or "").lower(), parts.port, (parse_url(url).host or "").lower()
    except (ValueError, LocationParseError):
        raise FetchError("was sent on to something that is no address. It was not followed.") from None
    if _is_local(host):
        raise FetchError(f"was sent on to {host or 'nowhere'}, which is a local address. It was not followed.")
    if host not in hosts or other != host:
        raise FetchError(
            f"was sent on to {host}, which the declaration does not name. If the publisher moved there, declare it "
            "under redirect_hosts."
        )
    if parts.scheme != "https" or port not in (None, 443):
        raise FetchError(f"was sent on to {host} without HTTPS. It was not followed.")
    if holds_secret(url.encode(), secrets):
        raise FetchError(f"was sent on to {host} with the key in the address. It was not followed.")


def holds_secret(content: bytes, secrets: Collection[str]) -> bool:
    """Whether bytes hold a secret, as it is or as addresses and JSON write it."""
    forms = {
        form.encode()
        for secret in secrets
        if secret
        for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1])
    }
    if not forms:
        return False
    texts = (content, content.replace(b"\\/", b"/"), unquote_to_bytes(content))
    return any(form in text for form in forms for text in texts)


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """Return a message with every secret struck out: what a publisher sends may repeat one."""
    for secret in secrets:
        for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)):
            text = re.sub(re.escape(form), "***", text, flags=re.IGNORECASE) if form else text
    return text


def require_public(host: str) -> None:
    """Look a host up and raise FetchError where it stands for a local address, UnreachableError where for none."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        raise UnreachableError(f"{host} has no address here. Is this machine on the open web?") from None
    if local := [entry[4][0] for entry in found if not ipaddress.ip_address(str(entry[4][0]).split("%")[0]).is_global]:
        raise FetchError(f"{host} stands for the local address {local[0]} here. It was not asked.")


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return what Retry-After asks for, in seconds; None where it is absent or makes no sense."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max((moment - now).total_seconds(), 0.0)


def require_media_type(headers: Mapping[str, str], allowed: Collection[str]) -> None:
    """Raise FetchError where an answer says to be of another kind than declared. One that says nothing passes."""
    said = (headers.get("Content-Type") or "").split(";")[0].strip().lower()
    if said and said not in allowed:
        raise FetchError(
            f"expected {' or '.join(allowed)}, came {said[:60]}. An error page or a consent page answers so; "
            "look at the address in a browser."
        )


def require_data(content: bytes, allowed: Collection[str]) -> None:
    """Raise FetchError for an empty body, and for a page or markup called data; a publisher of XML may send that."""
    if not content:
        raise FetchError("expected data, came an empty answer.")
    # What follows the declaration of a publisher's XML may still be a page, or entities that grow when they are read.
    is_xml = any(XML.fullmatch(kind) for kind in allowed)
    if MARKUP.match(XML_DECLARATION.sub(b"", content[:512]) if is_xml else content[:512]):
        raise FetchError(
            "expected data, came a page of markup although the answer does not say so. Look at the address in a "
            "browser."
        )
