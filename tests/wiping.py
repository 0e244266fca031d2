"""Empties a PostgreSQL database that a test is done with: six times cheaper than a new one."""

from typing import Final

import psycopg

# The same in every copy of a template, unless someone changed a table, a guard or an index.
_SCHEMA: Final = """
    SELECT md5(string_agg(thing, ' ' ORDER BY thing)) FROM (
        SELECT concat_ws('/', oid, relname, relkind, relnatts) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws('/', oid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat_ws('/', oid, conname, convalidated) FROM pg_constraint
        UNION ALL SELECT concat_ws('/', oid, md5(prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    ) AS things (thing)
"""
_ALONE: Final = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# As a replica, so that neither foreign keys nor the journal's guard have a say.
_WIPE: Final = """
    DO $$
    DECLARE
        name TEXT;
        is_used BOOLEAN;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN
            SELECT quote_ident(tablename) FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
        LOOP
            EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO is_used;
            IF is_used THEN
                EXECUTE 'DELETE FROM ' || name;
            END IF;
        END LOOP;
        FOR name IN
            SELECT quote_ident(sequencename) FROM pg_sequences
            WHERE schemaname = 'public' AND last_value IS NOT NULL
        LOOP
            EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
        END LOOP;
    END $$
"""


def schema_of(url: str) -> str:
    """A digest of its tables, constraints, triggers and functions."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _schema(connection)


def wipe(url: str, *, schema: str) -> bool:
    """Make it as good as new; False where its schema is another now, or nobody may connect."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_ALONE)
            if _schema(connection) != schema:
                return False
            connection.execute(_WIPE)
    except psycopg.OperationalError:
        return False
    return True


def _schema(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    row = connection.execute(_SCHEMA).fetchone()
    assert row is not None
    return str(row[0])
