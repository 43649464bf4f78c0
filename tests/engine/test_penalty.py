"""Who alters a notice that was issued, or points that were taken off, is found; and only then."""
from collections.abc import Callable
from datetime import date, datetime, timezone
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from engine import db, history, seal
from engine.actions.notice import Notice
from engine.actions.points import Points
from engine.identifier import uuid7
from tests.engine.past import spring

LATER = datetime(2021, 1, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def punished(engine: Engine) -> UUID:
    """A matter with a notice of the first level and a point taken off, beside others with neither."""
    return spring(engine)['late']


def notice(matter: UUID) -> select:
    return select(Notice.id).where(Notice.matter_id == matter, Notice.level > 0).scalar_subquery()


def faults(engine: Engine, matter: UUID) -> set[str | None]:
    with db.reading(engine) as session:
        assert history.verify(session).whole, 'the trail itself was left alone'
        verdicts = seal.verify(session, str(matter)), seal.verify(session, tenant='gz'), seal.verify(session)
        return {verdict.fault for verdict in verdicts}


@pytest.mark.parametrize('values', [
    {'number': '黔督〔2020〕99号'}, {'number': None}, {'level': 3}, {'kind': '查办'}, {'to_unit': 'sft'},
    {'state': 'declined'}, {'state': 'draft'}, {'limit_at': date(2030, 1, 1)}, {'limit_at': None}, {'points': 0.0}, {'honours': True},
    {'approver': 'gov/deputy'}, {'issued_at': LATER}, {'issued_at': None}],
    ids=lambda values: '-'.join(f'{name}-{value}' for name, value in values.items()))
def test_a_notice_that_was_altered_is_found(engine: Engine, punished: UUID, values: dict) -> None:
    assert faults(engine, punished) == {None}
    with db.reading(engine) as session:
        assert seal.verify(session, 'tenant:gz').whole
    with db.writing(engine) as session:
        session.execute(update(Notice).where(Notice.id == notice(punished)).values(values))
    assert all(fault and fault.startswith(f'{punished} 的通知书“') for fault in faults(engine, punished))


@pytest.mark.parametrize('values', [
    {'points': -0.5}, {'unit': 'sft'}, {'year': 2019}, {'reason': '别的事由'}, {'given_at': LATER}],
    ids=lambda values: next(iter(values)))
def test_points_that_were_altered_are_found(engine: Engine, punished: UUID, values: dict) -> None:
    with db.writing(engine) as session:
        session.execute(update(Points).values(values))
    found = faults(engine, punished)
    assert len(found) == 1 and f'{punished} 因通知书“' in found.pop()


def no_points(session: Session, _: UUID) -> None:
    session.execute(delete(Points))


def twice(session: Session, _: UUID) -> None:
    row = dict(session.execute(select(Points.__table__)).mappings().one())
    session.execute(insert(Points).values(row | {'id': uuid7()}))


def no_notice(session: Session, matter: UUID) -> None:
    session.execute(delete(Points))
    session.execute(delete(Notice).where(Notice.matter_id == matter, Notice.level > 0))


def one_more(session: Session, matter: UUID) -> None:
    row = dict(session.execute(select(Notice.__table__).where(Notice.id == notice(matter))).mappings().one())
    session.execute(insert(Notice).values(row | {'id': uuid7(), 'number': '黔督〔2020〕99号'}))


def on_another_notice(session: Session, matter: UUID) -> None:
    other = select(Notice.id).where(Notice.matter_id == matter, Notice.level == 0).scalar_subquery()
    session.execute(update(Points).values(notice_id=other))


@pytest.mark.parametrize('alter', [no_points, twice, no_notice, one_more, on_another_notice],
                         ids=lambda alter: alter.__name__)
def test_a_row_that_is_gone_or_too_many_is_found(engine: Engine, punished: UUID, alter: Callable) -> None:
    with db.writing(engine) as session:
        alter(session, punished)
    assert all(fault and str(punished) in fault for fault in faults(engine, punished))


def test_a_notice_that_was_put_on_another_matter_is_found(engine: Engine, punished: UUID) -> None:
    with db.writing(engine) as session:
        other = session.scalar(select(Notice.matter_id).where(Notice.matter_id != punished).limit(1))
        session.execute(update(Notice).where(Notice.id == notice(punished)).values(matter_id=other))
    with db.reading(engine) as session:
        assert not seal.verify(session, str(punished)).whole and not seal.verify(session, str(other)).whole
