"""One address for one page, whatever a feed, a campaign or a phone made of it. Pure."""

import hashlib
import re
from urllib.parse import quote, urlsplit

MAX_CHARACTERS = 4096
SCHEMES = ("http", "https")
DEFAULT_PORTS = (None, 80, 443)
HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
# Hosts that serve the same pages to phones.
TWIN_HOST = re.compile(r"^(?:amp|m|mobile)\.(?=[^.]+\.)")
TWIN_END = re.compile(r"[-.]amp(?P<end>\.html?)$|\.amp$", re.IGNORECASE)
# Parameters that tell where a reader came from or on what the page is shown, never which page it is.
TRACKING = re.compile(
    r"utm_\w+|\w{0,6}clid|gclsrc|dclid|gbraid|wbraid|msclkid|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|at_(?:medium|campaign)"
    r"|ref_src|cmpid|ncid|igshid|guccounter|amp(?:=.*)?|m=1|outputtype=amp",
    re.IGNORECASE,
)
# GDELT leaves the beginning of the next attribute behind an address.
JUNK = re.compile(r"(?:\s|%20)+title=[^&]*$|(?:[\s\"'<>]|%20)+$", re.IGNORECASE)
ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


def canonical(url: str) -> str | None:
    """Return the one form of a page's address; None where the text is no web address. Raises nothing.

    https, for http is the same page; host in lower case, without `amp.` and `m.`; without default port, password,
    fragment, tracking parameters, AMP endings and the slash at the end. A canonical address stays as it is.
    """
    # What was behind something that went may go as well. Each turn but the first can only shorten it.
    while (found := _once(url)) not in (None, url):
        url = str(found)
    return found


def item_id_of(url: str) -> str:
    """Return the identifier of the page at a canonical address: 16 hex digits."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _once(url: str) -> str | None:
    if len(url) > MAX_CHARACTERS:
        return None
    try:
        parts = urlsplit(JUNK.sub("", url.strip()))
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    except ValueError:  # of a port, of brackets, of a name that no host can have
        return None
    if parts.scheme not in SCHEMES or not HOST.fullmatch(host):
        return None
    where = TWIN_HOST.sub("", host) + ("" if port in DEFAULT_PORTS else f":{port}")
    # Addresses out of HTML have &amp; between their parameters.
    asked = [one.removeprefix("amp;") for one in _quoted(parts.query).split("&")]
    query = "&".join(one for one in asked if one and not _is_tracking(one))
    return f"https://{where}{_plain(_quoted(parts.path))}{'?' + query if query else ''}"


def _plain(path: str) -> str:
    """Return a path without what marks the twin of a page for phones."""
    kept = "/".join(step for step in path.split("/") if step.lower() != "amp")
    return TWIN_END.sub(lambda found: found["end"] or "", kept.rstrip("/"))


def _is_tracking(parameter: str) -> bool:
    return bool(TRACKING.fullmatch(parameter) or TRACKING.fullmatch(parameter.partition("=")[0]))


def _quoted(text: str) -> str:
    escaped = quote(text, safe="%/?:@!$&'()*+,;=~-._", errors="replace")
    return ESCAPE.sub(lambda found: found[0].upper(), escaped)
