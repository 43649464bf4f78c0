"""抄送: a matter is shown to others; it stays known who has read it, and when."""
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select

from engine import circulation, contact, db, directory, history, incident, instance, outbox, worker
from engine.circulation import Circulation
from engine.directory import Account
from engine.errors import NotFound, Refused
from engine.history import Actor, Event
from tests.webapp.matters import POSTS, REGISTER
from tests.workflows.story import bundle_files, moment, office

OFFICER = POSTS['officer']


def crowd(engine: Engine, number: int) -> None:
    """A further unit with so many posts, each held by an account."""
    with db.writing(engine) as session:
        directory.add_unit(session, 'gz', 'club', '省直各单位', '部门', position=99)
        for n in range(number):
            directory.add_post(session, 'gz', 'club', f'p{n}', f'{n + 1}室')
        session.flush()
        session.add_all(Account(tenant='gz', unit='club', post=f'p{n}', login=f'club-{n}', password_hash='!',
                                session_key='') for n in range(number))


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database from now on."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)
    event.listen(engine, 'before_cursor_execute', note)
    yield asked
    event.remove(engine, 'before_cursor_execute', note)


def send(engine: Engine, matter_id: UUID, *addresses: str, note: str = '') -> UUID:
    with db.writing(engine) as session:
        circulation.send(session, matter_id, OFFICER, addresses, note)
    with db.reading(engine) as session:
        return session.scalars(select(Circulation.id).where(Circulation.matter_id == matter_id).order_by(
            Circulation.sent_at.desc())).first()


def test_i26_two_hundred_read_a_matter_and_the_sender_sees_who_has(
        engine: Engine, matter: UUID, statements: list[str]) -> None:
    """I26: 传阅给200人要一分多钟，还看不到谁读了 (steedos/workflow#1257, #448, #426)."""
    crowd(engine, 200)
    statements.clear()
    sent = send(engine, matter, 'club', note='请知悉。')
    assert len(statements) < 20                        # a few, however many get it
    with db.reading(engine) as session:
        assert circulation.counted(session, [sent]) == {sent: (200, 0)}
    for post in ('p7', 'p3'):
        with db.writing(engine) as session:
            circulation.read(session, sent, [('club', post)], Actor(f'省直各单位·{post}', 'club', post))
    statements.clear()
    with db.reading(engine) as session:
        assert circulation.counted(session, [sent]) == {sent: (200, 2)}
        marks = circulation.marks(session, sent)
        assert [(mark.post, mark.read_by) for mark in marks[:2]] == [('p3', '省直各单位·p3'), ('p7', '省直各单位·p7')]
        assert marks[0].read_at and marks[2].read_at is None
        assert session.scalar(select(circulation.unread('gz', [('club', 'p9')]))) == 1
    assert len(statements) < 6


def test_a_copy_is_read_once(engine: Engine, matter: UUID) -> None:
    sent = send(engine, matter, 'sft/liaison')
    reader = Actor('省司法厅·联络员', 'sft', 'liaison')
    for first in (True, False):
        with db.writing(engine) as session:
            assert circulation.read(session, sent, [('sft', 'liaison')], reader) is first
    with db.writing(engine) as session, pytest.raises(NotFound, match='没有找到这份抄送件'):
        circulation.read(session, sent, [('gxt', 'liaison')], Actor('省工业和信息化厅·联络员', 'gxt', 'liaison'))
    with db.reading(engine) as session:
        kinds = [one.kind for one in history.events(session, str(matter)) if one.kind.startswith('copy')]
        assert kinds == ['copy.sent', 'copy.read']
        assert history.verify(session).whole


def test_a_whole_unit_gets_it_but_not_the_sender(engine: Engine, matter: UUID) -> None:
    sent = send(engine, matter, 'office', 'office/head', 'sft')
    with db.reading(engine) as session:
        got = {(copy.unit, copy.post) for copy in circulation.marks(session, sent)}
    assert ('office', 'officer') not in got and ('office', 'operator') not in got
    assert {('office', 'head'), ('sft', 'liaison'), ('sft', 'chief')} <= got
    with db.reading(engine) as session:
        told = session.scalars(select(Event.summary).where(Event.kind == 'copy.sent')).one()
    assert told.startswith('抄送') and told.endswith(f'等{len(got)}个岗位')


@pytest.mark.parametrize(('addresses', 'note', 'said'), [
    ([], '', '还没有选抄送给谁'), (['office/officer'], '', '还没有选抄送给谁'),
    (['nowhere'], '', '抄送不到“nowhere”'), (['sft/dragon'], '', '抄送不到“省司法厅·dragon”'),
    (['sft'], '长' * 501, '附言最多500个字，现在有501个')])
def test_what_cannot_be_sent_is_refused_whole(engine: Engine, matter: UUID, addresses: list[str], note: str, said: str) -> None:
    with db.writing(engine) as session, pytest.raises(Refused) as refusal:
        circulation.send(session, matter, OFFICER, addresses, note)
    assert said in str(refusal.value)
    with db.reading(engine) as session:
        assert not session.scalars(select(Circulation)).all()


def test_a_unit_that_no_longer_exists_gets_nothing(engine: Engine, matter: UUID) -> None:
    with db.writing(engine) as session:
        session.get(directory.Unit, ('gz', 'sft')).valid_to = date(2020, 9, 1)
        directory.changed(session, 'gz')
    with db.writing(engine) as session, pytest.raises(Refused, match='抄送不到“省司法厅”'):
        circulation.send(session, matter, OFFICER, ['sft'])


def test_who_wants_to_hear_of_copies_elsewhere_is_told(engine: Engine, matter: UUID) -> None:
    with db.writing(engine) as session:
        account = session.scalars(select(Account).where(Account.unit == 'sft', Account.post == 'liaison')).one()
        _row, code = contact.enter(session, account, 'mail', 'sft@example.cn', ['copy'], OFFICER)
        assert contact.confirm(session, account.id, 'mail', code, OFFICER)
    sent = send(engine, matter, 'sft')
    with db.reading(engine) as session:
        told, = session.scalars(select(outbox.Entry)).all()
        assert (told.kind, told.title, told.place, told.place_id) == ('copy', REGISTER['title'], 'copy', sent)


@pytest.mark.parametrize(('to', 'got'), [
    ('sft, office/head', [('office', 'head'), ('sft', 'chief'), ('sft', 'liaison')]), ('nowhere', [])])
def test_a_step_copies_as_drawn(engine: Engine, to: str, got: list) -> None:
    files = bundle_files()
    drawn = files['matter.bpmn'].decode()
    start = drawn.index('<bpmn:serviceTask id="urge_approve"')
    end = drawn.index('</bpmn:serviceTask>', start)
    step = drawn[start:end].replace('reminder.send', 'matter.copy').replace('name="text"', 'name="note"')
    step = step.replace('${approver_post}', to)
    office(engine, 'gz', moment('2020-09-27 09:10'), files | {'matter.bpmn': (drawn[:start] + step + drawn[end:]).encode()})
    db.carry_out(engine, lambda session: instance.start(
        session, 'gz', 'matter', OFFICER, answers={'register': REGISTER | {'has_basis': False}}))
    worker.advance(engine, 'gz', moment('2020-09-30 09:10'), OFFICER)
    with db.reading(engine) as session:
        sent = session.scalars(select(Circulation).order_by(Circulation.sent_at)).all()
        assert [(copy.unit, copy.post) for one in sent[:1] for copy in circulation.marks(session, one.id)] == got
        assert all((one.sent_by, one.note) == ('系统', f'立项待审批：{REGISTER["title"]}') for one in sent)
        assert len(incident.open_incidents(session)) == (0 if got else 1)
