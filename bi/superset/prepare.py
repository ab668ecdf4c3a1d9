"""Bring Superset's state up to date: its tables, its one user, the dashboard. Can be killed and run again.

    python -m bi.superset.prepare

Reads ATLAS_HOME, ATLAS_SUPERSET_PASSWORD and the variables of libpq (PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD).
"""

import fcntl
import io
import logging
import os
import shutil
import sys
from contextlib import redirect_stdout
from typing import Any

import psycopg2

from bi.superset.bundle import bundle
from bi.superset.superset_config import STATE
from ingest.errors import AtlasError, LockedError, UsageError

ADMIN = "admin"
PASSWORD = "ATLAS_SUPERSET_PASSWORD"  # noqa: S105 (the name of the variable)
MIN_PASSWORD_CHARACTERS = 12
NO_USER = f"Superset has no user yet. Set {PASSWORD}, the password that {ADMIN!r} is to sign in with."


def check_database() -> None:
    """Ask the database for the marts, as the charts will. Raises UsageError where they are not to be had."""
    try:
        with psycopg2.connect("", connect_timeout=10) as con, con.cursor() as cursor:
            cursor.execute("select has_table_privilege('marts.mart_country_profile', 'select')")
            readable = cursor.fetchone() == (True,)
    except (psycopg2.errors.InvalidSchemaName, psycopg2.errors.UndefinedTable):
        readable = False
    except psycopg2.Error as error:
        raise UsageError(
            "Superset reads the marts from PostgreSQL, and that did not answer: "
            f"{' '.join(str(error).split())}. Set PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD."
        ) from None
    if not readable:
        raise UsageError(
            "PostgreSQL holds no marts that this user may read. Run `atlas publish --to …` first, and set PGUSER to a "
            "member of atlas_reader."
        )


def prepare() -> None:
    """Make or bring up to date all that Superset needs to serve.

    Raises UsageError where something is not set, LockedError where another run is at it.
    """
    _check_password()
    check_database()
    with (STATE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LockedError(f"Another run is preparing {STATE}. Wait for it to end, then run again.") from None
        _restore()
        # Superset tells on its way what nobody can do anything about.
        with redirect_stdout(io.StringIO()):
            from superset.app import create_app

            app = create_app()
        logging.disable(logging.WARNING)
        with app.app_context(), redirect_stdout(io.StringIO()):
            from superset.extensions import appbuilder, security_manager

            _upgrade(app.extensions["migrate"].directory)
            appbuilder.add_permissions(update_perms=True)
            security_manager.sync_role_definitions()
            _admin(security_manager)
            _import(security_manager)


# SQLite cannot take a migration back that was killed half-way, so the tables as they were before stand beside them
# while they are changed: an empty file where there were none.
_TABLES, _BEFORE = STATE / "superset.db", STATE / "superset.db.before"


def _restore() -> None:
    """Put the tables back that a killed migration was changing."""
    if _BEFORE.exists():
        _BEFORE.replace(_TABLES)


def _upgrade(migrations: str) -> None:
    """Bring Superset's own tables to the version that is installed."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from flask_migrate import upgrade
    from superset import db

    with db.engine.connect() as con:
        found = set(MigrationContext.configure(con).get_current_heads())
    if found == set(ScriptDirectory(migrations).get_heads()):
        return
    unfinished = _BEFORE.with_suffix(".unfinished")
    if _TABLES.exists():
        shutil.copyfile(_TABLES, unfinished)
    else:
        unfinished.touch()
    unfinished.replace(_BEFORE)
    upgrade(directory=migrations)
    _BEFORE.unlink()


def _check_password() -> None:
    """Raise UsageError where the password of the user is too short, or missing before there is a user."""
    password = os.environ.get(PASSWORD, "")
    if not password and not _TABLES.exists():
        raise UsageError(NO_USER)
    if password and len(password) < MIN_PASSWORD_CHARACTERS:
        raise UsageError(f"{PASSWORD} must have at least {MIN_PASSWORD_CHARACTERS} characters; it has {len(password)}.")


def _admin(security_manager: Any) -> None:
    """Make the one user, or give it the password that is set."""
    password = os.environ.get(PASSWORD, "")
    if user := security_manager.find_user(ADMIN):
        if password:
            security_manager.reset_password(user.id, password)
        return
    if not password:  # a run was killed before it came here
        raise UsageError(NO_USER)
    role = security_manager.find_role("Admin")
    if not security_manager.add_user(ADMIN, "Atlas", "Admin", "admin@localhost", role, password=password):
        raise AtlasError("Superset did not make its user; what it wrote above tells why.")


def _import(security_manager: Any) -> None:
    from superset.commands.exceptions import CommandException, CommandInvalidError
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.utils.core import override_user

    with override_user(security_manager.find_user(ADMIN)):
        try:
            ImportAssetsCommand(bundle()).run()
        except CommandException as error:
            told = error.normalized_messages() if isinstance(error, CommandInvalidError) else error
            raise AtlasError(f"Superset did not take the dashboard: {told}") from error


if __name__ == "__main__":
    try:
        prepare()
    except AtlasError as error:
        sys.stderr.write(f"superset: {error}\n")
        sys.exit(error.exit_code)
