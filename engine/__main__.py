"""The command line: the same verbs as the pages, for operators, scripts and tests. ``duban VERB …``.

It ends with 0 when the thing was done, 1 when it was refused (one Chinese sentence), 2 when the command was not
understood, 3 when a diagram failed and an incident was opened.
"""
import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Engine, event
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from engine import db, schema
from engine.command import where
from engine.command.answer import FAILED, REFUSED, STOPPED
from engine.command.bundle import as_data, said
from engine.command.office import init, upgrade
from engine.command.parser import parser
from engine.errors import Broken, Failed, Invalid, Refused, Undeployable

DEFAULT_URL = 'sqlite:///var/duban.sqlite3'


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the number is the program's exit code."""
    args = parser().parse_args(arguments)
    args.json, args.tenant = getattr(args, 'json', False), getattr(args, 'tenant', None)
    address = os.environ.get('DATABASE_URL') or DEFAULT_URL
    try:
        engine = _engine(address)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        return _refuse(args, 'DATABASE_URL 写得不对，要像 sqlite:///var/duban.sqlite3 或 postgresql://用户@主机/库名', {})
    if args.run not in (init, upgrade):
        event.listen(engine, 'engine_connect', lambda _: schema.check(engine), once=True)    # files alone ask no database
    try:
        for word in sys.argv[1:] if arguments is None else arguments:
            where.readable(word)
        answer = args.run(engine, args)
    except Invalid as error:
        return _refuse(args, str(error), {'fields': error.fields})
    except Undeployable as error:
        short = f'有{len(error.findings)}处必须修改，没有发布。'          # said() has just told each of them
        return _refuse(args, short, {'findings': [as_data(one) for one in error.findings]}, said(error.findings))
    except Failed as error:
        return _refuse(args, str(error), {'incident': error.incident_id}, code=FAILED)
    except (Refused, Broken) as error:
        return _refuse(args, str(error), {})
    except (OSError, DatabaseError) as error:
        cause = str(getattr(error, 'orig', error)).splitlines()[0]
        return _refuse(args, f'数据库用不了（{engine.url.render_as_string()}）：{cause}。还没有建库的，先运行 duban init', {})
    except KeyboardInterrupt:
        return STOPPED
    finally:
        engine.dispose()
    _print(_json(answer.data) if args.json else '\n'.join(answer.lines))
    return answer.code


def _engine(address: str) -> Engine:
    """:raises ValueError: its port is no number, or it is a database in memory, which would be gone with the command."""
    engine = db.connect(address)
    if engine.dialect.name == 'sqlite' and engine.url.database in (None, '', ':memory:'):
        raise ValueError(address)
    return engine


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:                              # who reads has read enough: `duban tasks | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(args: argparse.Namespace, sentence: str, more: Mapping[str, Any], lines: Iterable[str] = (),
            code: int = REFUSED) -> int:
    if args.json:
        print(_json({'error': sentence, **more}))
    else:
        print('\n'.join([*lines, sentence]), file=sys.stderr)
    return code


def _json(data: Any) -> str:
    return orjson.dumps(data, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


if __name__ == '__main__':
    sys.exit(main())
