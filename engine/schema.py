"""Every table in one place: make them in an empty database, or say what a database lacks."""
from sqlalchemy import Engine, inspect

from engine import (actions, attachment, breakdown, comment, contact, coverage, deployment, draft, export, following,
                    inbox, incident, instance, migration, milestone, outbox, parameter, phrase, release, roster,
                    savedview, token, trial, urging, workcal, worker)
from engine.backtest import table as backtest
from engine.db import Base
from engine.errors import Refused

ROOMS = (attachment, backtest, breakdown, comment, contact, coverage, deployment, draft, export, following, inbox,
         incident, instance, migration, milestone, outbox, parameter, phrase, release, roster, savedview, token,
         trial, urging, workcal, worker)
"""The rooms whose tables are not drawn in by others."""
_NAMED = 6                  # of each kind; an operator needs no longer list


def create(engine: Engine) -> None:
    """Make every table, index and trigger that is not there yet."""
    actions.known()                                    # actions bring tables of their own
    Base.metadata.create_all(engine)


def check(engine: Engine) -> None:
    """See that every table and column is there; nothing is changed.

    :raises Refused: the database is empty, or an older Duban made it. The sentence says what to do.
    """
    tables, columns = _missing(engine)
    if len(tables) == len(Base.metadata.tables):
        raise Refused('这个数据库里还没有建库：先运行 duban init，或者把 DATABASE_URL 指到建好的库。')
    if tables or columns:
        lacks = '，'.join(f'{kind}{_listed(names)}' for kind, names in (('表', tables), ('列', columns)) if names)
        raise Refused('这个数据库是旧版本建的，缺{lacks}，没有改动它。请先备份，再把 DATABASE_URL 指到一个新库，运行 duban init；'
                      '演示库把文件改名，重新运行 python3 run.py，就会新建一个。', lacks=lacks)


def _missing(engine: Engine) -> tuple[list[str], list[str]]:
    """Tables, and columns of tables that are there."""
    actions.known()
    found = {table: {column['name'] for column in columns}
             for (_, table), columns in inspect(engine).get_multi_columns().items()}
    wanted = Base.metadata.tables
    return sorted(wanted.keys() - found.keys()), sorted(
        f'{name}.{column.name}' for name, table in wanted.items() if name in found
        for column in table.columns if column.name not in found[name])


def _listed(names: list[str]) -> str:
    return '、'.join(names[:_NAMED]) + (f'等{len(names)}个' if len(names) > _NAMED else '')
