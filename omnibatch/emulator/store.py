"""The tasks and counters on disk (SQLite).

A transaction is over before its request is answered. The log is handed to the operating
system, not forced to the platter: a killed emulator loses nothing, a power cut may lose
the last moments. It is used from one thread.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import cast

from omnibatch.emulator.faults.fault import DialectName
from omnibatch.emulator.task import Fate, Task

__all__ = ["Store"]

_FORMAT = 2
_SCHEMA = """
create table if not exists tasks (
  number integer primary key,
  task_id text not null unique,
  dialect text not null,
  account text not null,
  external_id text,
  digest text not null,
  copy integer not null,
  model text not null,
  prompt text not null,
  mode text not null,
  seconds integer not null,
  width integer not null,
  height integer not null,
  charge integer not null,
  callback_url text,
  created_at real not null,
  starts_at real not null,
  ends_at real not null,
  fate text not null,
  reason text not null,
  signature integer not null,
  revoked integer not null,
  metered integer not null default 1,
  announced integer not null default 0
);
create index if not exists by_external_id on tasks (dialect, account, external_id);
create index if not exists by_digest on tasks (dialect, account, digest);
create index if not exists by_end on tasks (dialect, account, ends_at);
create index if not exists by_callback on tasks (number)
  where callback_url is not null and not announced;
create table if not exists counters (name text primary key, n integer not null);
"""
_COLUMNS = tuple(item.name for item in fields(Task))
_LIST = ", ".join(_COLUMNS)


class Store:
    """The state of one emulator in `folder`.

    Raise `ValueError` if another version made it, `OSError` if it cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "emulator.sqlite3", isolation_level=None, timeout=10)
        try:
            self._prepare(folder)
        except sqlite3.Error as error:
            self._db.close()
            raise OSError(f"the emulator cannot keep its state in {folder}: {error}") from error
        except ValueError:
            self._db.close()
            raise

    def _prepare(self, folder: Path) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version not in (0, _FORMAT):
            raise ValueError(
                f"{folder} holds the state of another version of the emulator; "
                "remove it or name another folder"
            )
        self._db.executescript(f"{_SCHEMA} pragma user_version = {_FORMAT};")

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside happen at once or not at all, alone."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def add(self, task: Task) -> None:
        """Write down a new task."""
        marks = ", ".join("?" * len(_COLUMNS))
        values = [getattr(task, name) for name in _COLUMNS]
        self._db.execute(f"insert into tasks ({_LIST}) values ({marks})", values)

    def find(self, task_id: str) -> Task | None:
        """Return the task with this id."""
        return self._first("task_id = ?", task_id)

    def find_external(self, dialect: DialectName, account: str, external_id: str) -> Task | None:
        """Return the account's first task with this external id."""
        where = "dialect = ? and account = ? and external_id = ? order by number"
        return self._first(where, dialect, account, external_id)

    def copies(self, dialect: DialectName, account: str, digest: str) -> int:
        """Return how many tasks the account has for one and the same order."""
        where = "dialect = ? and account = ? and digest = ?"
        return self._number(f"select count(*) from tasks where {where}", dialect, account, digest)

    def running(self, dialect: DialectName, account: str, now: float) -> int:
        """Return how many of the account's tasks have not ended at `now`."""
        where = "dialect = ? and account = ? and ends_at > ?"
        return self._number(f"select count(*) from tasks where {where}", dialect, account, now)

    def charged(self, dialect: DialectName, account: str) -> int:
        """Return what the meter shows as charged to the account, in micro-dollars."""
        where = "metered and dialect = ? and account = ?"
        query = f"select coalesce(sum(charge), 0) from tasks where {where}"
        return self._number(query, dialect, account)

    def revoke_links(self, task: Task) -> None:
        """Make all download links given out so far for the task worthless."""
        self._db.execute("update tasks set revoked = signature where task_id = ?", (task.task_id,))

    def renew_link(self, task: Task) -> Task:
        """Return the task with a download link that works."""
        query = "update tasks set signature = revoked + 1 where task_id = ? and signature = revoked"
        self._db.execute(query, (task.task_id,))
        return self.find(task.task_id) or task

    def count(self, *names: str) -> None:
        """Add one to each of the counters called `names`."""
        query = "insert into counters values (?, 1) on conflict (name) do update set n = n + 1"
        for name in names:
            self._db.execute(query, (name,))

    def counters(self) -> dict[str, int]:
        """Return all counters above 0."""
        return dict(self._db.execute("select name, n from counters"))

    def metered(self) -> list[Task]:
        """Return the tasks that the meter shows, oldest first."""
        return self._all("metered order by number")

    def announced(self, task: Task) -> None:
        """Write down that no callback of the task is still to be sent."""
        self._db.execute("update tasks set announced = 1 where task_id = ?", (task.task_id,))

    def unannounced(self) -> list[Task]:
        """Return the tasks that have callbacks still to be sent, oldest first."""
        return self._all("callback_url is not null and not announced order by number")

    def reset_meter(self) -> None:
        """Set the meter to zero. The tasks stay; the meter no longer shows them."""
        with self.transaction():
            self._db.execute("delete from counters")
            self._db.execute("update tasks set metered = 0 where metered")

    def _first(self, where: str, *values: object) -> Task | None:
        row = self._db.execute(
            f"select {_LIST} from tasks where {where} limit 1", values
        ).fetchone()
        return None if row is None else _task(row)

    def _all(self, where: str, *values: object) -> list[Task]:
        rows = self._db.execute(f"select {_LIST} from tasks where {where}", values)
        return [_task(row) for row in rows]

    def _number(self, query: str, *values: object) -> int:
        (number,) = self._db.execute(query, values).fetchone()
        return int(number)


def _task(row: tuple[object, ...]) -> Task:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["dialect"] = cast(DialectName, values["dialect"])
    values["fate"] = cast(Fate, values["fate"])
    return Task(**values)  # type: ignore[arg-type]  # the columns are the fields
