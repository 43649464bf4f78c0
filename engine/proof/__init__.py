"""Proof: the stories of a bundle told in memory by the engine's real verbs, and what of the drawings they reach."""
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Engine, select

from engine import db, simulation, story
from engine.coverage import Marks
from engine.decision.watch import watched
from engine.errors import Refused, Undeployable, twin
from engine.gate import source, telling
from engine.history import Event, Kind
from engine.proof.outcome import FAILED, HELD, UNTOLD, Outcome, Told
from engine.proof.sight import Missed, Sight
from engine.proof.stage import Stage
from engine.proof.teller import Teller, usual_of
from engine.simulation import Ground
from engine.story import Story
from engine.story.government import posts

__all__ = ['FAILED', 'HELD', 'UNTOLD', 'Missed', 'Outcome', 'Sight', 'Stage', 'Teller', 'Told', 'grounds', 'prove',
           'stories', 'tell', 'usual_of']

_REACHED = (Kind.NODE_ENTERED, Kind.NODE_PASSED, Kind.TASK_OPENED, Kind.TASK_COMPLETED, Kind.TIMER_FIRED)


def stories(files: Mapping[str, bytes]) -> list[Story]:
    """The stories among files, in the order of their names.

    :raises Refused: one cannot be read at all.
    """
    return [story.read(files[name], name) for name in sorted(files) if source.suffix(name) == story.SUFFIX]


def grounds(files: Mapping[str, bytes], own: Ground | None = None) -> Callable[[str], Ground]:
    """The governments that stories can be told in, by their ids: the demo's, and the reader's own as it stands.

    The function raises ``NotFound`` for others.
    """
    def ground(government: str) -> Ground:
        if own is not None and government == own.tenant_id and posts(government) is None:
            return own
        return simulation.demo(government, files)
    return ground


def prove(files: Mapping[str, bytes], ground: Callable[[str], Ground], only: Iterable[str] = ()) -> Iterator[Outcome]:
    """Tell the stories of a bundle, or only those of these file names. ``ground`` knows the governments by their ids.

    :raises Refused: a story cannot be read. :raises Undeployable: the gate refuses the other files.
    """
    found, wanted, stage = stories(files), set(only), Stage(files, ground)
    usual = usual_of(found)
    for one in found:
        if one.is_told and (not wanted or one.file in wanted):
            yield tell(stage, one, usual)


def tell(stage: Stage, one: Story, usual: Mapping[str, Mapping[str, Any]]) -> Outcome:
    """Tell one story on a stage. A story with lines that nobody can tell is not begun.

    :raises Undeployable: the gate refuses the stage's files.
    """
    faults = {finding.line: twin(finding.zh, finding.en) for finding in telling.faults(one)}
    if faults:
        return _not_begun(one, faults)
    try:
        with stage.opened(one.government, one.begins) as engine, watched() as rows:
            lines = Teller(engine, stage.lay, usual).tell(one)
            return Outcome(one.file, one.title, one.rules, tuple(lines), _marks(engine, rows))
    except Undeployable:
        raise
    except Refused as refusal:
        number = next(line.number for line in one.lines if line.form.id == 'govern')
        return _not_begun(one, {number: refusal.said})


def _not_begun(one: Story, faults: Mapping[int | None, str]) -> Outcome:
    texts = {line.number: line.text for line in one.lines} | dict.fromkeys(faults.keys() - {None}, '')
    lines = [Told(number, text, FAILED if number in faults else UNTOLD, faults.get(number, ''))
             for number, text in sorted(texts.items())]
    return Outcome(one.file, one.title, one.rules, tuple(lines))


def _marks(engine: Engine, rows: Iterable[tuple[str, int]]) -> Marks:
    """What the events on the database and the rows that applied say was reached."""
    nodes, flows = set(), set()
    with db.reading(engine) as session:
        for process, element, kind, data in session.execute(
                select(Event.process, Event.element, Event.kind, Event.data).where(Event.process.is_not(None))):
            if kind in _REACHED and element:
                nodes.add(f'{process} {element}')
            flows |= {f'{process} {flow}' for flow in orjson.loads(data).get('flows', ())}
    return Marks(frozenset(nodes), frozenset(flows), frozenset(f'{table} {row}' for table, row in rows))
