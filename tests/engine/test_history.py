"""The trail cannot be changed unseen: the database refuses, and whoever gets round it is found."""
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import db, history, witness
from engine.errors import Refused
from engine.history import EMPTY, Actor, Event, Kind, digest
from engine.ledger import Matter
from tests.workflows.story import Teller

EVENT = Event.__table__
STORY = '''故事 两件事项
依据 P01-23
政府 gz 2020-05-07 09:00
立项 office/officer 照例
立项 office/officer 照例
  title = 建立健全重点企业和项目库
办 fgw/liaison sign
办 fgw/liaison plan 照例
'''


@pytest.fixture
def told(engine: Engine, tmp_path: Path) -> Iterator[tuple[Engine, str, str]]:
    """Two matters with their chains: the engine, the one to tamper with, the other."""
    path = tmp_path / 'two.story'
    path.write_text(STORY)
    teller = Teller(engine, path)
    teller.tell()
    with db.reading(engine) as session:
        other = session.scalars(select(Matter.id).where(Matter.id != teller.matter)).one()
    yield engine, str(teller.matter), str(other)


def rows(connection: Connection, chain: str) -> list[dict]:
    """The events of a chain, in order."""
    return [dict(row) for row in connection.execute(
        select(EVENT).where(EVENT.c.chain == chain).order_by(EVENT.c.seq)).mappings()]


def at(chain: str, seq: int):
    return (EVENT.c.chain == chain) & (EVENT.c.seq == seq)


def edit(connection: Connection, chain: str, _: str) -> None:
    connection.execute(update(EVENT).where(at(chain, 3)).values(actor='别人'))


def edit_and_seal(connection: Connection, chain: str, _: str) -> None:
    row = rows(connection, chain)[2] | {'actor': '别人'}
    connection.execute(update(EVENT).where(at(chain, 3)).values(actor='别人', hash=digest(row)))


def rewrite_all(connection: Connection, chain: str, _: str) -> None:
    head = EMPTY
    for row in rows(connection, chain):
        row |= {'actor': '别人' if row['seq'] == 3 else row['actor'], 'prev': head}
        head = digest(row)
        connection.execute(update(EVENT).where(at(chain, row['seq'])).values(
            actor=row['actor'], prev=row['prev'], hash=head))


def delete_middle(connection: Connection, chain: str, _: str) -> None:
    connection.execute(delete(EVENT).where(at(chain, 4)))


def cut_tail(connection: Connection, chain: str, _: str) -> None:
    connection.execute(delete(EVENT).where(at(chain, len(rows(connection, chain)))))


def add(connection: Connection, chain: str, _: str) -> None:
    last = rows(connection, chain)[-1]
    row = last | {'seq': last['seq'] + 1, 'prev': last['hash'], 'actor': '别人'}
    connection.execute(insert(EVENT).values(**row | {'hash': digest(row)}))


def swap(connection: Connection, chain: str, _: str) -> None:
    for old, new in ((3, 9003), (4, 3), (9003, 4)):
        connection.execute(update(EVENT).where(at(chain, old)).values(seq=new))


def replay(connection: Connection, chain: str, other: str) -> None:
    count = len(rows(connection, chain))
    connection.execute(insert(EVENT).values(**rows(connection, other)[-1] | {'chain': chain, 'seq': count + 1}))


def remove_chain(connection: Connection, chain: str, _: str) -> None:
    connection.execute(delete(EVENT).where(EVENT.c.chain == chain))


def strange_chain(connection: Connection, _: str, other: str) -> None:
    row = rows(connection, other)[0] | {'chain': 'strange'}
    connection.execute(insert(EVENT).values(**row | {'hash': digest(row)}))


HERE = (edit, edit_and_seal, rewrite_all, delete_middle, cut_tail, add, swap, replay, remove_chain)


def get_round(engine: Engine, mutate: Callable, chain: str, other: str) -> None:
    """What an administrator of the database could do: take the triggers away, then write."""
    with engine.begin() as connection:
        if engine.dialect.name == 'sqlite':
            connection.execute(text('DROP TRIGGER event_no_update'))
            connection.execute(text('DROP TRIGGER event_no_delete'))
        else:
            connection.execute(text('ALTER TABLE event DISABLE TRIGGER USER'))
        mutate(connection, chain, other)


def test_an_honest_trail_is_whole(told: tuple[Engine, str, str]) -> None:
    engine, chain, other = told
    with db.reading(engine) as session:
        every = history.verify(session)
        count = session.scalar(select(func.count()).select_from(EVENT))
        assert every.whole and every.fault is None and every.events == count and every.chains >= 3
        assert history.verify(session, tenant='gz').events == count
        one = history.verify(session, chain)
        assert one.whole and one.chains == 1 and one.head == rows(session.connection(), chain)[-1]['hash'].hex()
        assert one.alg == history.ALGORITHM


def test_what_is_committed_while_it_is_verified_is_no_tampering(told: tuple[Engine, str, str]) -> None:
    engine, chain, _ = told
    meanwhile, done = db.connect(engine.url.render_as_string(hide_password=False)), []

    def another(_connection: Connection, _cursor: object, asked: str, *_: object) -> None:
        if 'FROM event' in asked and not done:
            done.append(True)
            with db.writing(meanwhile) as session:
                history.record_matter(session, UUID(chain), Actor('省发展改革委·联络员'), Kind.COPY_READ, '阅读抄送件')
    event.listen(engine, 'before_cursor_execute', another)
    with db.reading(engine) as session:
        verdict = history.verify(session, chain)
    with db.reading(engine) as session:
        assert verdict.whole and history.verify(session, chain).events == verdict.events + 1
    meanwhile.dispose()


@pytest.mark.parametrize('mutate', HERE, ids=lambda mutate: mutate.__name__)
def test_tampering_is_found(told: tuple[Engine, str, str], mutate: Callable) -> None:
    engine, chain, other = told
    get_round(engine, mutate, chain, other)
    with db.reading(engine) as session:
        verdict = history.verify(session, chain)
        assert not verdict.whole and chain in verdict.fault
        assert not history.verify(session).whole
        assert not history.verify(session, tenant='gz').whole
        assert history.verify(session, other).whole                # and only this one


def tell_anew(connection: Connection, chain: str, _: str) -> None:
    """Somebody else did it, and all that follows is hashed again, up to the head on the matter."""
    rewrite_all(connection, chain, _)
    last = rows(connection, chain)[-1]
    connection.execute(update(Matter.__table__).where(Matter.id == UUID(chain)).values(head_hash=last['hash']))


def go_back(connection: Connection, chain: str, _: str) -> None:
    """As an older backup has it."""
    last = rows(connection, chain)[-2]
    cut_tail(connection, chain, _)
    connection.execute(update(Matter.__table__).where(Matter.id == UUID(chain)).values(
        head_seq=last['seq'], head_hash=last['hash']))


@pytest.mark.parametrize(('mutate', 'sentence'), [(tell_anew, '整段重写过'), (go_back, '恢复了更早的备份')])
def test_what_is_whole_in_itself_is_held_against_a_witness(
        told: tuple[Engine, str, str], mutate: Callable, sentence: str) -> None:
    engine, chain, other = told
    with db.reading(engine) as session:
        kept = witness.read(orjson.dumps(witness.made(session, tenant='gz')), '存根.json')
    with db.writing(engine) as session:
        history.record_matter(session, UUID(other), Actor('省发展改革委·联络员'), Kind.COPY_READ, '阅读抄送件')
    with db.reading(engine) as session:
        assert witness.contradiction(session, kept) is None        # it may go on
    get_round(engine, mutate, chain, other)
    with db.reading(engine) as session:
        assert history.verify(session).whole
        found = witness.contradiction(session, kept)
        assert chain in found and sentence in found and kept['at'][:10] in found
        assert witness.contradiction(session, kept, chain) == found and witness.contradiction(session, kept, other) is None
        apart = witness.made(session, other)
        assert apart['ends'].keys() == {other}
        with pytest.raises(Refused, match='存根里没有这件事项，比不了'):
            witness.contradiction(session, apart, chain)


@pytest.mark.parametrize('content', [b'', b'{}', b'[1]', b'\xff', b'{"made_by": "duban witness 1", "at": 1, "ends": {}}',
                                     b'{"made_by": "duban witness 1", "at": "2020", "ends": {"a": ["1", "b"]}}',
                                     b'{"made_by": "duban witness 1", "at": "2020", "ends": {"a": [99999999999999999999, "b"]}}'])
def test_what_is_no_witness_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match='不是存根'):
        witness.read(content, '存根.json')


def test_a_chain_that_nobody_owns_is_found(told: tuple[Engine, str, str]) -> None:
    engine, chain, other = told
    get_round(engine, strange_chain, chain, other)
    with db.reading(engine) as session:
        verdict = history.verify(session)
        assert not verdict.whole and 'strange' in verdict.fault


@pytest.mark.parametrize('statement', [update(EVENT).values(actor='别人'), delete(EVENT)], ids=['update', 'delete'])
def test_the_database_refuses(told: tuple[Engine, str, str], statement) -> None:
    engine, chain, _ = told
    with pytest.raises(DBAPIError, match='轨迹只能追加'), engine.begin() as connection:
        connection.execute(statement)
    if engine.dialect.name == 'postgresql':
        with pytest.raises(DBAPIError, match='轨迹只能追加'), engine.begin() as connection:
            connection.execute(text('TRUNCATE event'))
    with db.reading(engine) as session:
        assert history.verify(session, chain).whole
