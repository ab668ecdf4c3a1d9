"""Bring Superset's state up to date: its tables, its one user, the dashboard. Can be killed and run again.

    python -m bi.superset.prepare

Reads ATLAS_HOME, ATLAS_SUPERSET_PASSWORD and the variables of libpq (PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD).
"""

import logging
import os
import sys

from bi.superset.bundle import bundle
from ingest.errors import AtlasError, UsageError

ADMIN = "admin"
PASSWORD = "ATLAS_SUPERSET_PASSWORD"  # noqa: S105 (the name of the variable)
MIN_PASSWORD_CHARACTERS = 12


def check_database() -> None:
    """Ask the database for the marts, as the charts will. Raises UsageError where they are not to be had."""
    import psycopg2

    try:
        with psycopg2.connect("", connect_timeout=10) as con, con.cursor() as cursor:
            cursor.execute("select has_table_privilege('marts.mart_country_profile', 'select')")
            readable = cursor.fetchone() == (True,)
    except (psycopg2.errors.InvalidSchemaName, psycopg2.errors.UndefinedTable):
        readable = False
    except psycopg2.Error as error:
        raise UsageError(
            "Superset reads the marts from PostgreSQL, and that could not be reached: "
            f"{' '.join(str(error).split())} Set PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD."
        ) from None
    if not readable:
        raise UsageError(
            f"The database holds no marts that the user {os.environ.get('PGUSER')!r} may read. Run `atlas publish "
            "--to …` first, and set PGUSER to the reader."
        )


def prepare() -> None:
    """Make or bring up to date all that Superset needs to serve. Raises UsageError where something is not set."""
    check_database()
    from flask_migrate import upgrade
    from superset.app import create_app

    app = create_app()
    logging.disable(logging.INFO)
    with app.app_context():
        from superset.extensions import appbuilder, security_manager

        upgrade(directory=app.extensions["migrate"].directory)
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        _admin(security_manager)
        _import(security_manager)


def _admin(security_manager: object) -> None:
    """Make the one user, or give it the password that is set."""
    password = os.environ.get(PASSWORD, "")
    user = security_manager.find_user(ADMIN)
    if password and len(password) < MIN_PASSWORD_CHARACTERS:
        raise UsageError(f"{PASSWORD} must have at least {MIN_PASSWORD_CHARACTERS} characters; it has {len(password)}.")
    if user and password:
        security_manager.reset_password(user.id, password)
    elif not user and not password:
        raise UsageError(f"Superset has no user yet. Set {PASSWORD}, the password that {ADMIN!r} is to sign in with.")
    elif not user:
        role = security_manager.find_role("Admin")
        if not security_manager.add_user(ADMIN, "Atlas", "Admin", "admin@localhost", role, password=password):
            raise AtlasError("Superset could not make its user. Its log above tells why.")


def _import(security_manager: object) -> None:
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
