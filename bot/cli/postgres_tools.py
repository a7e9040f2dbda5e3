"""PostgreSQL's own programs for backups, found on the PATH.

The address of the database goes to them in environment variables: others on the machine can
read a command line.
"""

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import MetaData, text

from bot.cli.show import Refused
from storage.database import Database

_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}


def dump(database: Database, target: Path) -> None:
    """Write a consistent dump in pg_dump's own format; the program may run meanwhile.

    Raises:
        Refused: pg_dump is missing or fails.
    """
    _run("pg_dump", database, "--format=custom", "--no-owner", f"--file={target}")
    target.chmod(0o600)


def check(dump_file: Path, database: Database) -> None:
    """Prove that a dump can be read before anything is touched.

    Raises:
        Refused: it cannot, or pg_restore is missing.
    """
    _run("pg_restore", database, "--list", str(dump_file))


def restore(database: Database, dump_file: Path) -> None:
    """Put a dump in the place of everything that is in the database.

    Raises:
        Refused: pg_restore fails; then the database is empty.
    """
    with database.engine.begin() as connection:
        present = MetaData()
        present.reflect(connection)
        present.drop_all(connection)
    _run(
        "pg_restore",
        database,
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={database.engine.url.database}",
        str(dump_file),
    )


def others_connected(database: Database) -> int:
    """How many other connections use this database."""
    with database.engine.connect() as connection:
        return int(
            connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            ).scalar_one()
        )


def _run(program: str, database: Database, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise Refused(
            f"{program} tidak ada di PATH.",
            "Pasang klien PostgreSQL (paket postgresql-client) yang versinya sama dengan server "
            f"atau lebih baru, lalu ulangi. Atau jalankan {program} sendiri dan salin "
            "DATA_DIR/evidence bersama hasilnya.",
        )
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    address = {
        _VARIABLES[name]: str(value)
        for name, value in conninfo_to_dict(url).items()
        if name in _VARIABLES and value is not None
    }
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, no shell, our own arguments
        [path, *arguments],
        env=os.environ | address,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Refused(
            f"{program} gagal: {said[-1] if said else done.returncode}.",
            f"Kalau versinya tidak cocok, pasang {program} yang versinya sama dengan server.",
        )
