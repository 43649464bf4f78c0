"""Who may take back a 立项, and what the others hear of it, stand in the drawings."""
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import db, instance
from engine.errors import Forbidden, Refused
from engine.history import Actor
from tests.workflows.story import USUAL, Teller, bundle_files, moment, office

HEAD, DEPUTY = Actor('省政府办公厅·督查室负责人', 'office', 'head'), Actor('省政府·分管领导', 'gov', 'deputy')


@pytest.fixture
def matter(engine: Engine, tmp_path: Path) -> Callable[..., UUID]:
    """A matter in 贵州省 with an approved basis, on the shipped bundle with words of one file replaced."""
    def begin(file: str = 'matter.bpmn', old: str = '', new: str = '') -> UUID:
        files = bundle_files()
        assert old.encode() in files[file]
        office(engine, 'gz', moment('2020-05-07'), files | {file: files[file].replace(old.encode(), new.encode())})
        story = tmp_path / 'one.story'
        story.write_text('政府 gz 2020-05-07 09:00\n立项 office/officer 照例\n')
        teller = Teller(engine, story)
        teller.tell()
        return teller.matter
    return begin


def may(engine: Engine, matter_id: UUID) -> list[str]:
    with db.reading(engine) as session:
        return [actor.post for actor in (HEAD, DEPUTY) if instance.may_withdraw(session, matter_id, actor)]


def withdraw(engine: Engine, matter_id: UUID, actor: Actor) -> None:
    db.carry_out(engine, lambda session: instance.withdraw(session, matter_id, actor, '文件废止'))


def test_the_table_of_the_diagram_says_who_may(engine: Engine, matter: Callable[..., UUID]) -> None:
    matter_id = matter('withdrawer.dmn', "supervisor_unit + '/head'", '"gov/deputy"')
    assert may(engine, matter_id) == ['deputy']
    with pytest.raises(Forbidden, match='由省政府·分管领导决定'):
        withdraw(engine, matter_id, HEAD)
    withdraw(engine, matter_id, DEPUTY)
    assert may(engine, matter_id) == []


def test_nobody_is_offered_it_where_the_diagram_is_silent(engine: Engine, matter: Callable[..., UUID]) -> None:
    matter_id = matter(old='<camunda:property name="withdrawer" value="withdrawer"/>')
    assert may(engine, matter_id) == []
    with pytest.raises(Refused, match='没有写明由谁撤销立项'):
        withdraw(engine, matter_id, HEAD)


def test_the_lifecycle_is_the_process_with_stages_whatever_it_is_called(engine: Engine) -> None:
    files = bundle_files()
    drawn = files.pop('matter.bpmn').replace(b'<bpmn:process id="matter"', b'<bpmn:process id="affair"')
    files['affair.bpmn'] = drawn.replace(b'processRef="matter"', b'processRef="affair"')
    office(engine, 'gz', moment('2020-05-07'), files)
    began = db.carry_out(engine, lambda session: instance.start(
        session, 'gz', 'affair', Actor('省政府办公厅·督查员', 'office', 'officer'), answers={'register': USUAL['register'] | {
            'received_at': '2020-05-07T09:00:00+08:00'}}))
    withdraw(engine, began.matter_id, HEAD)
    with db.reading(engine) as session:
        told = {row.process: row.status for row in session.scalars(select(instance.Instance))}
    assert told == {'affair': 'cancelled', 'escalation': 'done', 'reporting': 'done'}
