"""The open tasks as lists look for them: what one filters and searches by, side by side in one index.

A task's own facts stand on `user_task`, its matter's on the ledger; joining twenty thousand of each takes longer than a
page may. So the database itself repeats them here while a task is open. Nobody else writes this table.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import DDL, ForeignKey, Index, Integer, String, Text, Uuid, event
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc
from engine.usertask import UserTask


class Inbox(Base):
    """One open task. A higher `seq` came later to its post, whatever the government's clock says."""

    __tablename__ = 'inbox'
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    task_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(UserTask.id, ondelete='CASCADE'), unique=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    name: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    lamp: Mapped[str | None] = mapped_column(String(6))
    lead_unit: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)                           # title, code and step in small letters, to search in
    __table_args__ = (
        Index('inbox_list', 'tenant', 'unit', 'post', 'due_at', 'seq', 'lamp', 'lead_unit', 'name', 'words', 'task_id'),
        {'sqlite_autoincrement': True})


_WORDS = "lower(coalesce({0}.title, '') || ' ' || coalesce({0}.code, '') || ' ' || {1}.name)"
_INSERT = ('INSERT INTO inbox (task_id, tenant, unit, post, matter_id, name, due_at, lamp, lead_unit, words) '
           'SELECT new.id, new.tenant, new.unit, new.post, new.matter_id, new.name, new.due_at, ledger.lamp, '
           f"ledger.lead_unit, {_WORDS.format('ledger', 'new')} "
           'FROM (SELECT 1) AS one LEFT JOIN ledger ON ledger.id = new.matter_id')
_LEFT = ("DELETE FROM inbox WHERE task_id = new.id AND (new.state <> 'open' OR unit <> new.unit OR post <> new.post)")
_CHANGED = ('UPDATE inbox SET due_at = new.due_at, name = new.name, words = coalesce((SELECT '
            f"{_WORDS.format('ledger', 'new')} FROM ledger WHERE ledger.id = new.matter_id), lower(new.name)) "
            'WHERE task_id = new.id')
_BACK = f"{_INSERT} WHERE new.state = 'open' AND NOT EXISTS (SELECT 1 FROM inbox WHERE task_id = new.id)"
_TOLD = (f"UPDATE inbox SET lamp = new.lamp, lead_unit = new.lead_unit, words = {_WORDS.format('new', 'inbox')} "
         'WHERE matter_id = new.id')
_ON_TASK = 'AFTER UPDATE OF state, unit, post, name, due_at ON user_task'
_ON_LEDGER = 'AFTER UPDATE OF title, code, lamp, lead_unit ON ledger'
_FACTS = ('title', 'code', 'lamp', 'lead_unit')


def _listen(dialect: str, *statements: str) -> None:
    for statement in statements:
        event.listen(Inbox.__table__, 'after_create', DDL(statement).execute_if(dialect=dialect))


_listen('sqlite',
        f"CREATE TRIGGER inbox_opened AFTER INSERT ON user_task WHEN new.state = 'open' BEGIN {_INSERT}; END",
        f'CREATE TRIGGER inbox_changed {_ON_TASK} BEGIN {_LEFT}; {_CHANGED}; {_BACK}; END',
        f'CREATE TRIGGER inbox_told {_ON_LEDGER} WHEN {" OR ".join(f"new.{name} IS NOT old.{name}" for name in _FACTS)} '
        f'BEGIN {_TOLD}; END')
_listen('postgresql',
        f'CREATE OR REPLACE FUNCTION inbox_opened() RETURNS trigger LANGUAGE plpgsql AS '
        f'$$ BEGIN {_INSERT}; RETURN NULL; END $$',
        f'CREATE OR REPLACE FUNCTION inbox_changed() RETURNS trigger LANGUAGE plpgsql AS '
        f'$$ BEGIN {_LEFT}; {_CHANGED}; {_BACK}; RETURN NULL; END $$',
        f'CREATE OR REPLACE FUNCTION inbox_told() RETURNS trigger LANGUAGE plpgsql AS '
        f'$$ BEGIN {_TOLD}; RETURN NULL; END $$',
        "CREATE TRIGGER inbox_opened AFTER INSERT ON user_task FOR EACH ROW WHEN (new.state = 'open') "
        'EXECUTE FUNCTION inbox_opened()',
        f'CREATE TRIGGER inbox_changed {_ON_TASK} FOR EACH ROW EXECUTE FUNCTION inbox_changed()',
        f'CREATE TRIGGER inbox_told {_ON_LEDGER} FOR EACH ROW WHEN '
        f'({" OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in _FACTS)}) EXECUTE FUNCTION inbox_told()')
