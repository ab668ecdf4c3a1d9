"""Where a PostgreSQL server is, told without a secret, and its faults in words.

An address may hold a password, and so may what libpq says of an address it cannot read. Nothing of either is ever told
but host, port, database and user.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import conninfo, errors

from ingest.errors import AtlasError, UsageError
from orchestration.publish import POSTGRES_URL

# Stands for the address of the setting, which may hold a password.
OF_SETTING = "postgres"
FORM = "postgresql://user@host:5432/database"
SECRETS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
ELSEWHERE = f"PGPASSWORD, ~/.pgpass, a service file, or the whole address in {POSTGRES_URL}"

UNCHANGED = "The marts there stay as they were."
RECIPE = "docs/bi.md has the statements that make database, owner and reader."


class PostgresError(AtlasError):
    """PostgreSQL could not be brought up to date. What was published there stays."""


@dataclass(frozen=True)
class Target:
    """A database and who connects to it. `parameters` are libpq's; they may hold a password and are never shown."""

    parameters: dict[str, str] = field(repr=False)
    place: str

    def __str__(self) -> str:
        return self.place


def target(address: str = OF_SETTING) -> Target:
    """Return the database of an address of the command line, or of the setting `ATLAS_POSTGRES_URL`.

    Raises UsageError where it cannot be read, and where a password stands on the command line.
    """
    text = os.environ.get(POSTGRES_URL, "") if address == OF_SETTING else address
    told = POSTGRES_URL if address == OF_SETTING else "--to"
    if address == OF_SETTING and not text:
        raise UsageError(f"{POSTGRES_URL} is not set. Set it to an address such as {FORM}.")
    unread = UsageError(
        f"{told} is no address PostgreSQL's library can read; it should look like {FORM}. In user and password every "
        "character but letters, digits and - . _ ~ is written as % and two hexadecimal digits."
    )
    if not text.startswith(("postgresql://", "postgres://")):
        raise unread
    try:
        given = {key: str(value) for key, value in conninfo.conninfo_to_dict(text).items()}
    except psycopg.ProgrammingError:
        raise unread from None
    # A password with @ or / in it ends up in these, and must not be shown.
    if not given.get("port", "5432").isdecimal() or any(
        mark in given.get(key, "") for key in ("host", "dbname") for mark in "@="
    ):
        raise unread
    if address != OF_SETTING and any(given.get(key) for key in SECRETS):
        raise UsageError(f"Everybody on this machine sees a password on the command line. Put it into {ELSEWHERE}.")
    return Target(given, _place(given))


def _place(given: dict[str, str]) -> str:
    if "service" in given:
        return f"the service {given['service']}"
    defaults = {one.keyword.decode(): one.val.decode() for one in psycopg.pq.Conninfo.get_defaults() if one.val}
    known = {"host": "localhost", "port": "5432", **defaults, **given}
    user = known.get("user", "")
    return f"{known['host']}:{known['port']}/{known.get('dbname', user)} as {user}"


@contextmanager
def told_faults(to: Target) -> Generator[None]:
    """Turn what PostgreSQL's library raises into one message without a secret. Raises PostgresError."""
    try:
        yield
    except psycopg.Error as error:
        raise PostgresError(f"PostgreSQL at {to}: {_words(error, to)}") from None


def _words(error: psycopg.Error, to: Target) -> str:
    # What libpq adds as a hint stands behind a tab.
    lines = [line for line in str(error).splitlines() if not line.startswith("\t")]
    said = _without_secrets(error.diag.message_primary or " ".join(lines), to).strip().rstrip(".")
    if isinstance(error, errors.DiskFull):
        return f"the disk of the server is full ({said}). {UNCHANGED} Free space, then run again."
    if isinstance(error, errors.InsufficientPrivilege):
        return f"this user may not do that ({said}). {RECIPE}"
    for signs, advice in ADVICE.items():
        if any(sign in str(error) for sign in signs):
            return f"{said}. {advice}"
    return f"{said}. {UNCHANGED} Run again, or look into the log of the server."


# Words of libpq and of a server that speaks English; any other language gets the general advice.
ADVICE = {
    ("password authentication failed", "no password supplied"): f"Give the password in {ELSEWHERE}.",
    ("does not exist",): RECIPE,
    ("permission denied", "no pg_hba.conf entry"): f"The server does not admit this user. {RECIPE}",
    ("Connection refused", "timeout expired", "failed to resolve host", "No such file or directory",
     "server closed the connection", "connection is closed", "starting up", "shutting down", "consuming input failed",
     "terminating connection"):
        f"The server is away or went away. {UNCHANGED} Start it, then run again.",
}  # fmt: skip


def _without_secrets(text: str, to: Target) -> str:
    secrets = [to.parameters.get(key) for key in SECRETS] + [os.environ.get("PGPASSWORD")]
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text
