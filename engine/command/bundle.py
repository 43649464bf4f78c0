"""Diagrams, tables and forms: look at them, make them the version that new matters run on."""
import argparse
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Engine

from engine import deployment, directory, publication, sharing, template
from engine import release as proposals
from engine.command import release, where
from engine.command.answer import DONE, REFUSED, Answer
from engine.command.tree import Tree
from engine.db import reading, writing
from engine.errors import Refused
from engine.finding import WARN, Finding
from engine.history import Actor


def check(engine: Engine, args: argparse.Namespace) -> Answer:
    """Look at diagrams, tables and forms as deploying would; print every finding."""
    findings = publication.judge(where.files(args.paths))
    refused = [finding for finding in findings if finding.severity == 'refuse']
    summary = (f'有{len(refused)}处必须修改' if refused else '可以发布') + f'，共{len(findings)}条'
    return Answer([as_data(finding) for finding in findings], [*said(findings), summary],
                  REFUSED if refused else DONE)


def said(findings: Iterable[Any]) -> list[str]:
    """Findings as lines, the gravest word first."""
    word = {'refuse': '■ 必须修改', 'warn': '▲ 提醒', 'repair': '● 已修好'}
    return [f'{word[finding.severity]} {finding.file}{f" 第{finding.line}行" if finding.line else ""} '
            f'{finding.element or ""} {finding.zh}（{finding.code}）' for finding in findings]


def as_data(finding: Any) -> dict[str, Any]:
    """A finding for --json."""
    return {name: getattr(finding, name)
            for name in ('code', 'severity', 'file', 'element', 'name', 'line', 'zh', 'en')}


def deploy(engine: Engine, args: argparse.Namespace) -> Answer:
    """Put diagrams, tables and forms into the version that new matters run on; with --only they are all of it.

    For a later day, and where a second person has to approve, it is a proposal.
    """
    given = where.files(args.paths)
    if args.shared:
        return _share(engine, args, given)
    with writing(engine) as session:
        tenant = directory.alone(session, where.tenant(session, args.tenant).id)
        files = given if args.only else publication.completed(session, tenant.id, given)
        actor = where.hand(session, tenant, args)
        if args.on or proposals.asks_approval(session, tenant):
            return release.answer(tenant, proposals.propose(session, tenant, files, actor, args.note,
                                                            release.day(args.on)))
        made = publication.publish(session, tenant, files, actor, args.note)
        told = {'deployment': made.id, 'version': made.number, 'files': sorted(files)}
    warnings = [one for one in _warnings(engine, files) if one.file in given]
    told['warnings'] = [as_data(one) for one in warnings]
    return Answer(told, [*said(warnings),
                         f'在用的是第{told["version"]}版，新事项照它走；已经在办的事项仍按原来的版本走到底。'])


def _warnings(engine: Engine, files: dict[str, bytes]) -> list[Finding]:
    """What the gate would have looked at; asked when nobody waits for the version any more."""
    with reading(engine) as session:
        posts = directory.everywhere(session)
    return [one for one in publication.judge(files, posts) if one.severity == WARN]


def _share(engine: Engine, args: argparse.Namespace, given: dict[str, bytes]) -> Answer:
    """For all governments that follow; either each of them gets it, or none."""
    if args.on or args.tenant or args.as_post:
        raise Refused('--shared 是给各级政府共享的，不能和 --tenant、--as、--on 一起写')
    with writing(engine) as session:
        made, outcomes = sharing.share(session, given, Actor('命令行'), args.note, only=args.only)
        told = release.shared(outcomes)
        return Answer({'shared': made.number, 'governments': told.data},
                      [f'共享的流程现在是第{made.number}版，{len(outcomes)}个政府有了新版。', *told.lines])


def templates(engine: Engine, args: argparse.Namespace) -> Answer:
    """What a modeler offers for drawing here: from the files named, else from the version in use."""
    with reading(engine) as session:
        made = template.templates(deployment.read(where.files(args.paths)) if args.paths
                                  else where.bundle(session, where.tenant(session, args.tenant)))
    text = orjson.dumps(made, option=orjson.OPT_INDENT_2).decode()
    if args.out is None:
        return Answer(made, text)
    with where.written(args.out) as path:
        path.write_text(text + '\n', encoding='utf-8')
    return Answer({'templates': len(made), 'file': args.out}, f'写好了{len(made)}个元素模板：{args.out}')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = tree.verb('check', check, '检查流程图、决策表和表单')
    made.add_argument('paths', nargs='+', metavar='文件或目录')
    made = tree.verb('deploy', deploy, '检查并发布')
    made.add_argument('paths', nargs='+', metavar='文件或目录')
    made.add_argument('--note', default='', metavar='说明', help='这一版改了什么')
    made.add_argument('--only', action='store_true', help='新版里只有这些文件；不写就替换同名的，别的不动')
    made.add_argument('--on', metavar='日期', help='从哪一天起生效；不写就马上')
    made.add_argument('--shared', action='store_true', help='发布为各级政府共享的流程')
    tree.acting(made)
    made = tree.verb('templates', templates, '写出元素模板，给 Camunda Modeler 用')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='不写就用在用的那一版')
    made.add_argument('--out', metavar='文件', help='写到这个文件；不写就打印')
