"""What is done with a task besides submitting it: claimed, put back, handed on, returned, recalled."""
import argparse
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import assignment, directory, incident
from engine.command import where
from engine.command.answer import Answer
from engine.command.tree import Parser, Tree
from engine.db import reading
from engine.directory import Account
from engine.errors import NotFound, Refused
from engine.history import Actor
from engine.plan import Plan
from engine.usertask import UserTask

Think = Callable[[Session, UUID, Actor], Plan]


def claim(engine: Engine, args: argparse.Namespace) -> Answer:
    """Take a task into an account's own hand."""
    return _done(engine, args, assignment.claim, '已认领')


def release(engine: Engine, args: argparse.Namespace) -> Answer:
    """Put a claimed task back."""
    return _done(engine, args, assignment.release, '已放回')


def transfer(engine: Engine, args: argparse.Namespace) -> Answer:
    """Another post does the task from now on."""
    return _done(engine, args, lambda session, key, actor: assignment.transfer(session, key, args.to, actor, args.reason),
                 '已转办给')


def delegate(engine: Engine, args: argparse.Namespace) -> Answer:
    """Another post works on the task and gives it back."""
    return _done(engine, args, lambda session, key, actor: assignment.delegate(session, key, args.to, actor, args.reason),
                 '已委派给')


def give_back(engine: Engine, args: argparse.Namespace) -> Answer:
    """A task goes back to an earlier step."""
    return _done(engine, args, lambda session, key, actor: assignment.give_back(session, key, args.to, actor, args.reason),
                 f'已退回到 {args.to}')


def recall(engine: Engine, args: argparse.Namespace) -> Answer:
    """What was submitted last is taken back."""
    return _done(engine, args, lambda session, key, actor: assignment.recall(session, key, actor, args.reason), '已撤回')


def _done(engine: Engine, args: argparse.Namespace, think: Think, said: str) -> Answer:
    with reading(engine) as session:
        task = where.task(session, args.task, args.tenant, args.state)
        actor = _actor(session, task, args)
        task_id, tenant_id, instance_id, name = task.id, task.tenant, task.instance_id, task.name.replace('\n', '')
        said += _called(session, tenant_id, args.to) if args.verb in ('transfer', 'delegate') else ''
    incident.carry_out_or_open(engine, lambda session: think(session, task_id, actor), tenant_id=tenant_id,
                               verb=args.verb, instance_id=instance_id)
    return Answer({'task': str(task_id), 'said': said}, f'“{name}”{said}（{task_id}）')


def _called(session: Session, tenant_id: str, post: str) -> str:
    """省发展改革委·联络员 of fgw/liaison."""
    revision = directory.tenant(session, tenant_id).parameter_revision
    return directory.names(session, tenant_id, revision).post(post)


def _actor(session: Session, task: UserTask, args: argparse.Namespace) -> Actor:
    """The post of --as, or the account of --account with its post."""
    if bool(args.as_post) == bool(args.account):
        raise Refused('写明以谁的身份：--as 单位/岗位，或者 --account 登录名。')
    if args.as_post:
        return where.actor(session, task.tenant, args.as_post)
    found = session.scalars(select(Account).where(Account.tenant == task.tenant, Account.login == args.account)).first()
    if found is None:
        raise NotFound('没有“{login}”这个账号。', login=args.account)
    name = directory.post_name(session, task.tenant, f'{found.unit}/{found.post}')
    return Actor(name, found.unit, found.post, found.id, None, found.login)


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    family = tree.family('task', '任务不只是办：认领、放回、转办、委派、退回、撤回')
    _verb(tree, family, 'claim', claim, '认领')
    _verb(tree, family, 'release', release, '放回')
    for name, run, told, to in (('transfer', transfer, '转办', '单位/岗位'), ('delegate', delegate, '委派', '单位/岗位'),
                                ('return', give_back, '退回到前面的一步', '元素')):
        made = _verb(tree, family, name, run, told)
        made.add_argument('--to', required=True, metavar=to)
        made.add_argument('--reason', required=True, metavar='理由')
    made = _verb(tree, family, 'recall', recall, '撤回刚提交的一步', 'done')
    made.add_argument('--reason', required=True, metavar='理由')


def _verb(tree: Tree, family: Any, name: str, run: Callable, told: str, state: str = 'open') -> Parser:
    made = tree.verb(name, run, told, under=family)
    made.add_argument('task', metavar='任务', help='任务 id，或者 DB-2020-005/sign')
    made.add_argument('--account', metavar='登录名', help='以哪个账号的身份')
    made.set_defaults(state=state)
    tree.acting(made)
    return made
