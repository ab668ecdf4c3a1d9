"""Configuration of Superset: state in `$ATLAS_HOME/superset`, secrets of the environment, nothing asked of the web."""

import os
import secrets
from pathlib import Path

PROJECT_ROOT = Path(__file__).parents[2]
STATE = Path(os.environ.get("ATLAS_HOME") or PROJECT_ROOT / ".atlas").expanduser().resolve() / "superset"
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret_key() -> str:
    """Return the key that signs sessions: of the environment, else one made once and kept for the owner alone."""
    if given := os.environ.get("SUPERSET_SECRET_KEY"):
        return given
    path = STATE / "secret_key"
    if not path.exists():
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        unfinished.replace(path)
    return path.read_text()


def _square_root_ramp(steps: int = 129) -> list[str]:
    """Return colours from pale to deep blue, spaced by the square root, so that a giant leaves the others a colour."""
    ramp = [(226, 237, 246), (160, 200, 224), (82, 150, 196), (24, 98, 160), (8, 44, 96)]
    colours = []
    for step in range(steps):
        place = (step / (steps - 1)) ** 0.5 * (len(ramp) - 1)
        at = min(int(place), len(ramp) - 2)
        mixed = (a + (b - a) * (place - at) for a, b in zip(ramp[at], ramp[at + 1], strict=True))
        colours.append("#" + "".join(f"{round(part):02x}" for part in mixed))
    return colours


APP_NAME = "infra-atlas"
SECRET_KEY = _secret_key()
DATA_DIR = str(STATE)
SQLALCHEMY_DATABASE_URI = f"sqlite:///{STATE / 'superset.db'}?timeout=30"
# A build is swapped in under the same names, so answers are never kept: the next load of a page shows it.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# One process serves, so what a limit counts may live in it.
RATELIMIT_STORAGE_URI = "memory://"
LOG_LEVEL = "WARNING"
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {"id": "atlas_square_root", "label": "Blue, by square root", "description": "", "isDiverging": False,
     "colors": _square_root_ramp()},
]  # fmt: skip
# Superset's own policy lets a page ask a counter of visits and servers of map tiles; here it asks nobody else.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    # The server listens on this machine alone; whoever puts it behind a proxy with TLS sets both to true.
    "force_https": False,
    "session_cookie_secure": False,
}
