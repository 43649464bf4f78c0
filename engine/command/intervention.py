"""Intervene in a running matter: put a token elsewhere, suspend, resume, stop, set a value; each with a reason."""
import argparse
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine

from engine import incident, intervention
from engine.command import where
from engine.command.answer import Answer
from engine.command.tree import Parser, Tree
from engine.db import reading, writing
from engine.errors import Refused
from engine.history import Actor
from engine.plan import Plan


def move(engine: Engine, args: argparse.Namespace) -> Answer:
    """Take a token away from an element and let one begin at another."""
    def think(session: Any, matter_id: UUID, actor: Actor) -> Plan:
        found = [one for one in intervention.standing(session, matter_id, actor)
                 if args.source in (one.element, str(one.token))]
        if len(found) != 1:
            known = '、'.join(f'{one.process}/{one.element}（{one.token}）' for one in found or
                             intervention.standing(session, matter_id, actor))
            raise Refused('“{element}”有{count}个等着的，请写明是哪一个：{known}', element=args.source, count=len(found), known=known)
        return intervention.put(session, matter_id, found[0].token, args.target, actor, args.reason)
    return _done(engine, args, think, f'已从“{args.source}”移到“{args.target}”')


def cancel(engine: Engine, args: argparse.Namespace) -> Answer:
    """Stop a matter and everything beside it."""
    return _done(engine, args, lambda session, key, actor: intervention.cancel(session, key, actor, args.reason), '已作废')


def suspend(engine: Engine, args: argparse.Namespace) -> Answer:
    """Let a matter, or a whole process, stand still."""
    return _standstill(engine, args, intervention.suspend, intervention.suspend_process, '已暂停')


def resume(engine: Engine, args: argparse.Namespace) -> Answer:
    """Let it go on."""
    return _standstill(engine, args, intervention.resume, intervention.resume_process, '已恢复')


def _standstill(engine: Engine, args: argparse.Namespace, matter: Callable[..., Plan], process: Callable[..., None],
                said: str) -> Answer:
    if bool(args.matter) == bool(args.process):
        raise Refused('写明一件事项，或者用 --process 写明一个流程。')
    if args.matter:
        return _done(engine, args, lambda session, key, actor: matter(session, key, actor, args.reason), said)
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        process(session, tenant.id, args.process, where.hand(session, tenant, args), args.reason)
    return Answer({'process': args.process, 'said': said}, f'流程 {args.process} {said}。')


def set_values(engine: Engine, args: argparse.Namespace) -> Answer:
    """Set facts of a matter, or variables of one of its processes."""
    values = {name: _value(text) for name, text in where.pairs(args.values).items()}
    return _done(engine, args, lambda session, key, actor: intervention.set_values(
        session, key, values, actor, args.reason, args.process), f'已改：{"、".join(values)}')


def _value(text: str) -> Any:
    """JSON where it is some, else the text itself."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _done(engine: Engine, args: argparse.Namespace, think: Callable[[Any, UUID, Actor], Plan], said: str) -> Answer:
    with reading(engine) as session:
        matter = where.matter(session, args.matter, args.tenant)
        tenant = where.tenant(session, matter.tenant)
        matter_id, tenant_id, code, actor = matter.id, tenant.id, matter.code, where.hand(session, tenant, args)
    incident.carry_out_or_open(engine, lambda session: think(session, matter_id, actor), tenant_id=tenant_id,
                               verb='intervene')
    return Answer({'matter': str(matter_id), 'code': code, 'said': said}, f'{code} {said}。')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = _verb(tree, 'move', move, '把停着的一步移到别的步骤')
    made.add_argument('--from', dest='source', required=True, metavar='元素')
    made.add_argument('--to', dest='target', required=True, metavar='元素')
    for name, run, told in (('suspend', suspend, '暂停一件事项，或者一个流程'), ('resume', resume, '恢复')):
        made = _verb(tree, name, run, told, several=True)
        made.add_argument('--process', metavar='流程', help='不是一件事项，而是这个流程的全部')
    _verb(tree, 'cancel', cancel, '作废一件事项')
    made = _verb(tree, 'set', set_values, '改事项的事实，或者流程的变量')
    made.add_argument('values', nargs='+', metavar='名字=值')
    made.add_argument('--process', metavar='流程', help='改这个流程的变量')


def _verb(tree: Tree, name: str, run: Callable, told: str, *, several: bool = False) -> Parser:
    made = tree.verb(name, run, told)
    made.add_argument('matter', metavar='事项', **({'nargs': '?'} if several else {}))
    made.add_argument('--reason', required=True, metavar='理由')
    tree.acting(made)
    return made
