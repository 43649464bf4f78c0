"""Trying: a draft on a virtual clock, a decision table with values of one's own. Nothing is written to the database."""
import argparse
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, inspect

from engine import deployment, simulation
from engine.command import where
from engine.command.answer import Answer
from engine.command.office import shipped
from engine.command.tree import Tree
from engine.db import reading
from engine.directory import Tenant
from engine.errors import NotFound, Refused
from engine.simulation import Crew, Ground, Simulation, state, story
from engine.simulation.state import days
from engine.simulation.telling import Telling, moment, overdue_days

_DEMO = 'gz'
_SPAN = timedelta(days=366)                 # of a run whose end nobody names


def simulate(engine: Engine, args: argparse.Namespace) -> Answer:
    """Play a process of a draft to its end, and say day by day what happens."""
    if args.answers and args.random is not None:
        raise Refused('--answers 和 --random 只能写一个。')
    ground = ground_of(engine, args.tenant)
    files = {**ground.files, **(where.files(args.paths) if args.paths else {})}
    begin = where.moment(args.day or ground.day.isoformat(), ground.zone)
    until = where.moment(args.until, ground.zone) if args.until else begin + _SPAN
    chance = None if args.random is None else Random(args.random)
    with Simulation(ground, begin, files) as run:
        crew = Crew(run, _script(run, where.data(f'@{args.answers}')) if args.answers else {}, chance)
        process = args.process or _lifecycle(run)
        crew.begin(process, args.as_post or run.beginner(process))
        for _ in crew.play(until, *([args.steps] if args.steps else [])):
            pass
        told = _told(run, crew, f'在{ground.name}试“{run.bundle.processes[process].name}”，从{moment(begin)}开始：')
        if args.story:
            with where.written(args.story) as path:
                path.write_text(story(run), encoding='utf-8')
            told.lines.append(f'故事写到了 {args.story}')
        return told


def _script(run: Simulation, told: dict[str, Any]) -> dict[str, Any]:
    """Answers by element: an object each, or null.

    :raises Refused: one is neither, or no diagram has the task.
    """
    known = {element.id for drawn in run.bundle.processes.values() for element in drawn.elements.values()
             if element.kind == 'userTask'}
    for element, answers in told.items():
        if element not in known:
            raise Refused('--answers 里的“{element}”不是图上的任务；有：{known}', element=element, known='、'.join(sorted(known)))
        if answers is not None and not isinstance(answers, dict):
            raise Refused('--answers 里“{element}”的答复要写成 {example}，没有人办就写 null', element=element,
                          example='{"字段": 值}')
    return told


def _told(run: Simulation, crew: Crew, head: str) -> Answer:
    found = state(run)
    telling = Telling(run, found.parameters)
    summary = {'finished': found.finished, 'overdue_days': overdue_days(found.matter, found.now),
               'notices': sum(row['state'] == 'issued' for row in found.notices),
               'points': sum(-row['points'] for row in found.points), 'stuck': crew.stuck}
    return Answer({'acts': [act.as_data() for act in run.acts], 'events': [one._asdict() for one in run.happenings],
                   'state': vars(found), 'days': [vars(day) for day in days(run, found)], 'summary': summary},
                  [head, *telling.lines(run.happenings), *telling.summary(found, crew.stuck)])


def ground_of(engine: Engine, tenant: str | None) -> Ground:
    """The government of the database, copied; where there is none, one of the demo's with the shipped files."""
    file = engine.url.database if engine.dialect.name == 'sqlite' else None
    missing = file is not None and not Path(file).exists()           # connecting would make the file
    if not missing and inspect(engine).has_table(Tenant.__tablename__):
        with reading(engine) as session:
            try:
                return simulation.copied(session, where.tenant(session, tenant).id)
            except NotFound:
                pass                                                  # perhaps one of the demo's
    return simulation.demo(tenant or _DEMO, where.files(shipped()))


def _lifecycle(run: Simulation) -> str:
    if run.bundle.lifecycle:
        return run.bundle.lifecycle.id
    known = sorted(run.bundle.processes)
    if len(known) == 1:
        return known[0]
    raise Refused('请用 --process 写明试哪个流程：{known}', known='、'.join(known))


def decide(engine: Engine, args: argparse.Namespace) -> Answer:
    """Ask a decision table with these values: which rows apply, why, and what it answers."""
    ground = ground_of(engine, args.tenant)
    bundle = deployment.read({**ground.files, **(where.files(args.paths) if args.paths else {})})
    table = bundle.tables.get(args.table)
    if table is None:
        raise NotFound('没有叫“{table}”的决策表；有：{known}', table=args.table, known='、'.join(sorted(bundle.tables)))
    given = where.data(args.data)
    functions = ground.functions(where.moment(ground.day.isoformat(), ground.zone), bundle)
    outcome = table.decide({**dict.fromkeys(table.names), **given}, functions)
    return Answer(outcome.told, _grounds(outcome))


def _grounds(outcome: Any) -> list[str]:
    lines = [f'问：{label}是{_said(value)}' for label, value in outcome.inputs.items()]
    for hit in outcome.rules:
        cells = '，'.join(f'{column} {cell}' for column, cell in hit.cells.items())
        lines.append(f'第{hit.number}行适用：{cells or "什么都不问"}{f"（{hit.note}）" if hit.note else ""}')
    lines += [f'先问了 {step.name}：{_said(step.value)}' for step in outcome.needed]
    return [*lines, *(f'答：{name} = {_said(value)}' for name, value in outcome.values.items())]


def _said(value: Any) -> str:
    return '空' if value is None else '是' if value is True else '否' if value is False else (
        value.isoformat() if isinstance(value, date) else str(value))


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = tree.verb('simulate', simulate, '在虚拟时钟上试草稿，不碰数据库')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='草稿，替换在用的同名文件；不写就试在用的')
    made.add_argument('--day', metavar='日期', help='从哪天开始')
    made.add_argument('--process', metavar='流程', help='不写就试事项的一生')
    made.add_argument('--answers', metavar='文件', help='JSON：{"环节": {…}}，写 null 的没有人办')
    made.add_argument('--random', type=int, metavar='种子', help='表单允许的随机答复，随机的快慢')
    made.add_argument('--until', metavar='日期', help='到哪天为止；不写试一年')
    made.add_argument('--steps', type=int, metavar='几步', help='最多几步')
    made.add_argument('--story', metavar='文件', help='把经过写成故事')
    tree.acting(made)
    made = tree.verb('decide', decide, '问一张决策表：哪几行适用，为什么')
    made.add_argument('table', metavar='决策表')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='草稿，替换在用的同名文件')
    made.add_argument('--data', metavar='JSON', help='问的时候各项的值；@文件，- 为标准输入')
