"""A run as a story: the same acts as lines that the stories' teller understands, and what was seen, for CI to keep."""
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.errors import Refused
from engine.simulation.act import Act
from engine.simulation.ground import demo
from engine.simulation.run import Simulation
from engine.simulation.state import State, state
from engine.story import value
from engine.story.government import posts

_RULE = re.compile(r'\b(?:P\d{2}-\d{2}|A\d{2})\b', re.ASCII)


def story(simulation: Simulation, title: str = '') -> str:
    """The text of a story that does what was done and sees what was seen: in the government of the run, or, where the
    demo has one of that id, there, since that is the one that stories of it are told in.

    :raises Refused: an act cannot be done there, or no story can tell it.
    """
    if simulation.ground.demo or posts(simulation.tenant_id) is None:
        return _text(simulation, title)
    with Simulation(demo(simulation.tenant_id, simulation.files), simulation.day, simulation.files) as run:
        for act in simulation.acts:
            run.do(act)
        return _text(run, title)


def _text(simulation: Simulation, title: str) -> str:
    found = state(simulation)
    name = title or f'试运行：{found.matter.get("title") or "、".join(sorted(simulation.bundle.processes))}'
    return '\n'.join([f'故事 {_flat(name)}', f'依据 {" ".join(_basis(simulation))}',
                      f'政府 {simulation.tenant_id} {_moment(simulation.day)}', *_told(simulation),
                      *_seen(simulation, found), ''])


def _basis(simulation: Simulation) -> list[str]:
    """The rules that the tasks that were done and the timers that rang name in their documentation."""
    found: dict[str, None] = {}
    for happening in simulation.happenings:
        if happening.kind not in ('task.completed', 'timer.fired'):
            continue
        process = simulation.bundle.processes.get(happening.process or '')
        element = process.elements.get(happening.element or '') if process else None
        found |= dict.fromkeys(_RULE.findall(element.documentation) if element else ())
    return sorted(found)


def _told(simulation: Simulation) -> Iterator[str]:
    lamps = {happening.act: happening.data['lamp']['new'] for happening in simulation.happenings
             if happening.kind == 'lamp.changed'}
    for number, act in enumerate(simulation.acts):
        yield from _TELLERS[act.verb](act)
        if number in lamps:
            yield f'看 lamp = {value(lamps[number])}'


def _start(act: Act) -> Iterator[str]:
    told = act.told
    if told['element'] not in (None, 'register') or (told['process'] == 'matter') != (told['element'] == 'register'):
        raise Refused('故事讲不了这样开始的流程：{process}', process=told['process'])
    yield f'立项 {told["post"]}' if told['element'] else f'开 {told["post"]} {told["process"]}'
    yield from _answers(told['answers'] or {})


def _complete(act: Act) -> Iterator[str]:
    told = act.told
    named = ((name, said) for name, said in told['token'].items() if isinstance(said, str))
    where = next((f' 于 {name}={said}' for name, said in named), '')
    yield f'办 {told["post"]} {told["element"]}{where}'
    yield from _answers(told['answers'])


def _until(act: Act) -> Iterator[str]:
    yield f'日 {_moment(datetime.fromisoformat(act.told["at"]))}'


def _message(act: Act) -> Iterator[str]:
    yield f'消息 {act.told["name"]}'


def _withdraw(act: Act) -> Iterator[str]:
    yield f'撤销 {act.told["post"]} {_flat(act.told["reason"])}'


_TELLERS = {'start': _start, 'complete': _complete, 'until': _until, 'message': _message, 'withdraw': _withdraw}


def _seen(simulation: Simulation, found: State) -> Iterator[str]:
    if not simulation.matter_id:
        return
    yield f'看 status = {value(found.matter["status"])}'
    yield f'看 lamp = {value(found.matter["lamp"])}'
    fired = Counter(happening.element for happening in simulation.happenings
                    if happening.kind == 'timer.fired' and happening.element)
    yield from (f'看 响过 {element} {count}次' for element, count in sorted(fired.items()))
    kinds = Counter((row['kind'], row['state']) for row in found.notices)
    yield from (f'看 通知 {kind} {standing} {count}件' for (kind, standing), count in sorted(kinds.items()))
    points: Counter[str] = Counter()
    for row in found.points:
        points[row['unit']] -= row['points']
    yield from (f'看 扣分 {unit} {total:g}' for unit, total in sorted(points.items()))
    yield from dict.fromkeys(f'看 待办 {row["element"]} {row["unit"]}/{row["post"]}' for row in found.tasks)
    yield from dict.fromkeys(f'看 期限 {row["process"]}.{row["element"]} {_moment(row["due_at"])}'
                             for row in found.deadlines)
    if found.finished:
        yield '看 结束'
    yield '看 轨迹完整'


def _answers(answers: Mapping[str, Any]) -> Iterator[str]:
    yield from (f'  {name} = {value(said)}' for name, said in answers.items())


def _moment(at: datetime) -> str:
    """As the teller reads it, to the smallest part of a second where there is one."""
    return at.replace(tzinfo=None).isoformat(' ') if at.second or at.microsecond else f'{at:%Y-%m-%d %H:%M}'


def _flat(text: str) -> str:
    return ' '.join(text.replace('#', '＃').split())
