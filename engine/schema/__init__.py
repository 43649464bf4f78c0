"""Every table in one place: make them in an empty database, bring an older one up to them, or say what it lacks.

A change of tables gets a step of its own in versions/, and VERSION its number.
"""
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, String, Table, inspect, select
from sqlalchemy.exc import DBAPIError

from engine import (actions, attachment, breakdown, comment, contact, coverage, deployment, draft, export, following,
                    inbox, incident, instance, migration, milestone, outbox, parameter, phrase, release, roster,
                    savedview, token, trial, urging, workcal, worker)
from engine.backtest import table as backtest
from engine.db import Base, writing
from engine.errors import Refused, said

ROOMS = (attachment, backtest, breakdown, comment, contact, coverage, deployment, draft, export, following, inbox,
         incident, instance, migration, milestone, outbox, parameter, phrase, release, roster, savedview, token,
         trial, urging, workcal, worker)
"""The rooms whose tables are not drawn in by others."""
VERSION = '0002'
"""The last step in versions/."""
_UNCOUNTED = '0001'
_VERSIONS = Table('alembic_version', Base.metadata, Column('version_num', String(32), primary_key=True))
_NAMED = 6                  # of each kind; an operator needs no longer list


def create(engine: Engine) -> None:
    """Make every table, index and trigger that is not there yet."""
    actions.known()                                    # actions bring tables of their own
    Base.metadata.create_all(engine)
    with writing(engine) as session:
        if session.scalar(select(_VERSIONS.c.version_num)) is None:
            session.execute(_VERSIONS.insert().values(version_num=VERSION))


def check(engine: Engine) -> None:
    """See that every table and column is there; nothing is changed.

    :raises Refused: the database is empty, or an older or a newer Duban made it. The sentence says what to do.
    """
    with engine.connect() as connection:
        held, lacks = _held(connection), _lacks(connection)
    if held == VERSION and lacks:
        raise Refused('这个数据库不完整，缺{lacks}，没有改动它。请从备份恢复，或者把 DATABASE_URL 指到一个新库，运行 duban init；'
                      '演示库把文件改名，重新运行 python3 run.py，就会新建一个。', lacks=lacks)
    if held != VERSION:
        raise Refused('这个数据库是旧版本建的，{lacks}，没有改动它。请先备份，再运行 duban upgrade，里面的事项都留着。',
                      lacks=said('缺{lacks}', lacks=lacks) if lacks else said('停在{held}', held=held))


def upgrade(engine: Engine) -> list[str]:
    """Bring a database that an older Duban made up to this one, wholly or not at all; what was done, a line a step.

    :raises Refused: it is empty, newer, or too old for the steps there are.
    """
    from alembic import command                        # every other command would wait a quarter of a second for it
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    with writing(engine) as session:
        connection = session.connection()
        held = _held(connection)
        config = Config(attributes={'connection': connection})
        config.set_main_option('script_location', str(Path(__file__).parent))
        try:
            if held is None:
                command.stamp(config, _UNCOUNTED)
            command.upgrade(config, VERSION)
        except DBAPIError as error:
            raise _too_old(str(error.orig).splitlines()[0]) from error
        if lacks := _lacks(connection):
            raise _too_old(said('缺{lacks}', lacks=lacks))
        steps = ScriptDirectory.from_config(config).iterate_revisions(VERSION, held or _UNCOUNTED)
        return [f'{step.revision} {step.doc}' for step in reversed(list(steps))]


def _too_old(why: str) -> Refused:
    return Refused('这个数据库太旧，升不上来：{why}。没有改动它。请把 DATABASE_URL 指到一个新库，运行 duban init；'
                   '演示库把文件改名，重新运行 python3 run.py，就会新建一个。', why=why)


def _held(connection: Connection) -> str | None:
    """The version of a database; None: from before versions were counted. :raises Refused: it is empty, or newer."""
    actions.known()
    found = inspect(connection).get_table_names()
    if not set(found) & Base.metadata.tables.keys():
        raise Refused('这个数据库里还没有建库：先运行 duban init，或者把 DATABASE_URL 指到建好的库。')
    held = connection.scalar(select(_VERSIONS.c.version_num)) if _VERSIONS.name in found else None
    if held is not None and held > VERSION:
        raise Refused('这个数据库是更新的督办建的（{held}，这里到{own}），没有改动它。请用新的督办，或者把 DATABASE_URL 指到别的库。',
                      held=held, own=VERSION)
    return held


def _lacks(connection: Connection) -> str:
    """Tables, and columns of tables that are there, as a sentence names them; '' when nothing is missing."""
    found = {table: {column['name'] for column in columns}
             for (_, table), columns in inspect(connection).get_multi_columns().items()}
    wanted = {name: table for name, table in Base.metadata.tables.items() if table is not _VERSIONS}
    tables = sorted(wanted.keys() - found.keys())
    columns = sorted(f'{name}.{column.name}' for name, table in wanted.items() if name in found
                     for column in table.columns if column.name not in found[name])
    return '，'.join(f'{kind}{_listed(names)}' for kind, names in (('表', tables), ('列', columns)) if names)


def _listed(names: list[str]) -> str:
    return '、'.join(names[:_NAMED]) + (f'等{len(names)}个' if len(names) > _NAMED else '')
