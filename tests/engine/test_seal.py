"""The seal says of what stands beside the trail, too, whether it was altered; and only then."""
from collections.abc import Callable
from datetime import date
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.orm import Session

from engine import comment, db, deployment, directory, document, history, instance, publication, seal
from engine.attachment import Attachment, Content
from engine.comment import Comment
from engine.deployment import Deployment, DeploymentFile, Resource
from engine.document import Document
from engine.history import Event, Kind
from engine.ledger import Matter
from tests.engine.test_attachment import LIST, attach
from tests.engine.test_parameter import OWNER
from tests.webapp.matters import POSTS


@pytest.fixture
def spoken(engine: Engine, matter: UUID) -> UUID:
    """A matter with its document, a file and a remark."""
    attach(engine, matter, ('清单.txt', LIST))
    with db.writing(engine) as session:
        comment.write(session, matter, POSTS['liaison'], '已经摸清底数。')
    return matter


def guards_down(session: Session) -> None:
    """What an administrator of the database could do first."""
    if session.get_bind().dialect.name == 'sqlite':
        for verb in ('update', 'delete'):
            session.execute(text(f'DROP TRIGGER document_no_{verb}'))
    else:
        session.execute(text('ALTER TABLE document DISABLE TRIGGER USER'))


def other_words(session: Session, matter: UUID) -> None:
    one = session.scalars(select(Document).where(Document.matter_id == matter)).one()
    content = one.content | {'标题': '别的标题'}
    template = deployment.files(session, one.deployment_id)[f'{one.template}.docx']
    made = document.digest(template, content)                              # and its own hash with it
    session.execute(update(Document).values(content=content, hash=made))


def no_document(session: Session, _: UUID) -> None:
    session.execute(delete(Document))


def another_file(session: Session, _: UUID) -> None:
    session.execute(insert(Content).values(fingerprint=history.fingerprint(b'x'), content=b'x'))
    session.execute(update(Attachment).values(fingerprint=history.fingerprint(b'x')))


def no_file(session: Session, _: UUID) -> None:
    session.execute(delete(Attachment))


def other_remark(session: Session, _: UUID) -> None:
    session.execute(update(Comment).values(text='还没有开始。'))


def later_date(session: Session, matter: UUID) -> None:
    session.execute(update(Matter).where(Matter.id == matter).values(due_at=date(2030, 1, 1)))


def other_unit(session: Session, matter: UUID) -> None:
    session.execute(update(Matter).where(Matter.id == matter).values(lead_unit='sft'))


def other_government(session: Session, matter: UUID) -> None:
    session.execute(update(Matter).where(Matter.id == matter).values(tenant='cz'))


@pytest.mark.parametrize('alter', [other_words, no_document, another_file, no_file, other_remark, later_date,
                                   other_unit, other_government], ids=lambda alter: alter.__name__)
def test_what_was_altered_beside_the_trail_is_found(engine: Engine, spoken: UUID, alter: Callable) -> None:
    with db.reading(engine) as session:
        assert seal.verify(session, str(spoken)).whole and seal.verify(session).whole
    with db.writing(engine) as session:
        guards_down(session)
        alter(session, spoken)
    with db.reading(engine) as session:
        assert history.verify(session).whole, 'the trail itself was left alone'
        for verdict in (seal.verify(session, str(spoken)), seal.verify(session, tenant='gz'), seal.verify(session)):
            assert not verdict.whole and str(spoken) in verdict.fault


def test_the_bytes_of_a_file_are_read_where_one_asks_for_it(engine: Engine, spoken: UUID) -> None:
    with db.reading(engine) as session:
        assert seal.verify(session, str(spoken), contents=True).whole and seal.verify(session, contents=True).whole
    with db.writing(engine) as session:
        session.execute(update(Content).values(content=b'x'))
    with db.reading(engine) as session:
        assert seal.verify(session, str(spoken)).whole
        for verdict in (seal.verify(session, str(spoken), contents=True),
                        seal.verify(session, tenant='gz', contents=True)):
            assert not verdict.whole and verdict.fault == f'{spoken} 的附件“清单.txt”，内容和轨迹上记的不一样'


@pytest.mark.parametrize('values', [{'content': b'<x/>'}, None], ids=['file', 'hash'])
def test_a_version_that_was_altered_is_found(engine: Engine, spoken: UUID, values: dict | None) -> None:
    with db.writing(engine) as session:
        files = publication.completed(session, 'gz', {'说明.txt': b'1'})
        publication.publish(session, directory.tenant(session, 'gz'), files, OWNER, '加说明')
    with db.reading(engine) as session:
        assert seal.verify(session, tenant='gz').whole
    with db.writing(engine) as session:
        if values:
            name = select(DeploymentFile.resource_hash).where(DeploymentFile.name == 'matter.bpmn')
            session.execute(update(Resource).where(Resource.hash.in_(name)).values(values))
        else:
            session.execute(update(Deployment).values(hash='0' * 64))
    with db.reading(engine) as session:
        verdict = seal.verify(session, tenant='gz')
        assert not verdict.whole and 'tenant:gz' in verdict.fault
        assert seal.verify(session, str(spoken)).whole, 'the matter itself was left alone'


def test_facts_that_a_process_begins_with_are_on_the_trail(engine: Engine, spoken: UUID) -> None:
    db.carry_out(engine, lambda session: instance.start(
        session, 'gz', 'extension', POSTS['liaison'], {'title': '另一个名称'}, matter_id=spoken))
    with db.reading(engine) as session:
        told = session.scalars(select(Event.data).where(Event.chain == str(spoken), Event.kind == Kind.FACT_CHANGED))
        assert orjson.loads(told.all()[-1])['title']['new'] == '另一个名称' and seal.verify(session, str(spoken)).whole


def test_a_matter_that_was_withdrawn_is_whole(engine: Engine, spoken: UUID) -> None:
    db.carry_out(engine, lambda session: instance.withdraw(session, spoken, POSTS['head'], '任务已经取消'))
    with db.reading(engine) as session:
        assert seal.verify(session).whole
