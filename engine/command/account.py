"""Accounts and what they come in with: a password, or a token for a program."""
import argparse
import getpass
import sys

from sqlalchemy import Engine

from engine import directory, history, token
from engine.command import where
from engine.command.answer import Answer
from engine.command.tree import Tree
from engine.db import writing
from engine.errors import Refused
from engine.history import Actor, Kind


def add(engine: Engine, args: argparse.Namespace) -> Answer:
    """An account for a post; unit and post are entered when their names are given."""
    unit, slash, post = args.post.partition('/')
    if not slash:
        raise Refused('岗位要写成 单位代码/岗位，例如 office/officer；您写的是{post}', post=args.post)
    hashed = directory.hash_password(_password())
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        if args.unit_name and session.get(directory.Unit, (tenant.id, unit)) is None:
            directory.add_unit(session, tenant.id, unit, args.unit_name, args.unit_kind)
        if args.post_name and session.get(directory.Post, (tenant.id, unit, post)) is None:
            directory.add_post(session, tenant.id, unit, post, args.post_name)
        login = args.login or f'{tenant.id}-{unit}-{post}'
        made = directory.add_account(session, tenant.id, unit, post, login, hashed)
        name = directory.post_name(session, tenant.id, args.post)
        history.record(session, tenant.id, where.hand(session, tenant, args), Kind.ACCOUNT_ADDED,
                       f'建账号：{name}（{login}）', {'login': login, 'post': args.post})
        return Answer({'account': made.id, 'login': login, 'post': args.post}, f'账号建好了：{name}，登录名 {login}')


def _password() -> str:
    """From standard input when it is not a terminal, else asked twice; never from the command, where others see it."""
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline().rstrip('\n')
        except UnicodeDecodeError:
            raise Refused('密码不是 UTF-8 文字，没有建账号') from None
    first = getpass.getpass('密码：')
    if first != getpass.getpass('再输一次：'):
        raise Refused('两次输入的密码不一样，没有建账号')
    return first


def token_make(engine: Engine, args: argparse.Namespace) -> Answer:
    """A token with which a program, such as a modeler, speaks for an account; shown this once."""
    with writing(engine) as session:
        account = token.owner(session, args.login)
        made = token.make(session, account)
        history.record(session, account.tenant, Actor('命令行'), Kind.TOKEN_MADE, f'发令牌：{account.login}',
                       {'login': account.login, 'token': made.partition('.')[0]})
    return Answer({'login': args.login, 'token': made},
                  [made, '这是令牌，只显示这一次，请收好；不用了运行 duban account revoke 登录名'])


def token_revoke(engine: Engine, args: argparse.Namespace) -> Answer:
    """End every token of an account."""
    with writing(engine) as session:
        account = token.owner(session, args.login)
        count = token.revoke(session, account)
        if count:
            history.record(session, account.tenant, Actor('命令行'), Kind.TOKEN_REVOKED,
                           f'收回令牌{count}个：{account.login}', {'login': account.login, 'count': count})
    return Answer({'login': args.login, 'revoked': count}, f'收回了{count}个令牌，从现在起都不能用。')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    accounts = tree.family('account', '账号')
    made = tree.verb('add', add, '建账号，密码从标准输入读', under=accounts)
    made.add_argument('post', metavar='单位/岗位')
    made.add_argument('--login', metavar='登录名')
    made.add_argument('--unit-name', metavar='名称', help='单位还没有时一起建')
    made.add_argument('--unit-kind', default='部门', metavar='类别')
    made.add_argument('--post-name', metavar='名称', help='岗位还没有时一起建')
    tree.acting(made)
    made = tree.verb('token', token_make, '发一个令牌，程序凭它代表这个账号', under=accounts)
    made.add_argument('login', metavar='登录名')
    made = tree.verb('revoke', token_revoke, '收回一个账号的全部令牌', under=accounts)
    made.add_argument('login', metavar='登录名')
