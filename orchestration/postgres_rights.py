"""Who may read the marts in PostgreSQL: the role `atlas_reader`, and what it may do beside because everybody may."""

from typing import Any

import psycopg
from psycopg import errors, sql

from orchestration.postgres_address import PostgresError, Target

READER = "atlas_reader"
MOST_NAMED = 5
# Each asks what the reader may do beside reading the marts, and gives the statements that take it away.
MORE_RIGHTS = {
    "make temporary tables": """
        select format('revoke temporary on database %I from public', current_database())
        where has_database_privilege('atlas_reader', current_database(), 'TEMPORARY')
    """,
    "make schemas": """
        select format('revoke create on database %I from public, atlas_reader', current_database())
        where has_database_privilege('atlas_reader', current_database(), 'CREATE')
    """,
    "make tables": """
        select format('revoke create on schema %I from public, atlas_reader', nspname) from pg_namespace
        where nspname !~ '^pg_' and has_schema_privilege('atlas_reader', oid, 'CREATE') order by 1
    """,
    "make large objects": """
        select format('revoke execute on function %s from public', oid::regprocedure) from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname in ('lo_creat', 'lo_create', 'lo_from_bytea')
        and has_function_privilege('atlas_reader', oid, 'EXECUTE') order by 1
    """,
    "use other tables": """
        select format('revoke all on table %I.%I from public, atlas_reader', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
        and has_schema_privilege('atlas_reader', n.oid, 'USAGE') and (
            has_table_privilege('atlas_reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
            or has_any_column_privilege('atlas_reader', c.oid, 'INSERT, UPDATE')
            or n.nspname <> 'marts' and has_any_column_privilege('atlas_reader', c.oid, 'SELECT')
        ) order by 1
    """,
    "act as another role": """
        select format('revoke %I from atlas_reader', of.rolname)
        from pg_auth_members m join pg_roles of on of.oid = m.roleid join pg_roles who on who.oid = m.member
        where who.rolname = 'atlas_reader' order by 1
    """,
    "do what an administrator may": """
        select 'alter role atlas_reader nosuperuser nocreatedb nocreaterole nobypassrls noreplication' from pg_roles
        where rolname = 'atlas_reader' and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication)
    """,
}


def make_reader(con: "psycopg.Connection[Any]", to: Target) -> None:
    """Make the role of readers where it is missing. Raises PostgresError where this user may not."""
    if con.execute("select from pg_roles where rolname = %s", [READER]).fetchall():
        return
    try:
        con.execute(sql.SQL("create role {} nologin").format(sql.Identifier(READER)))
    except errors.DuplicateObject:  # made meanwhile, for another database of the server
        return
    except errors.InsufficientPrivilege:
        raise PostgresError(
            f"The role {READER} is missing at {to}, and this user may not make roles. Let an administrator run: "
            f"create role {READER} nologin;"
        ) from None


def warnings(con: "psycopg.Connection[Any]") -> list[str]:
    """Return a line on each right that the reader has beside reading the marts, with what takes it away.

    Nothing is taken away here: in a shared database others may rest on it.
    """
    lines = []
    for right, query in MORE_RIGHTS.items():
        statements = [statement for (statement,) in con.execute(query).fetchall()]  # ty: ignore[no-matching-overload]
        if statements:
            more = len(statements) - MOST_NAMED
            told = "; ".join(statements[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
            lines.append(f"{READER} may also {right} in that database. To take it away: {told};")
    return lines
