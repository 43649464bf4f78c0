"""The database itself keeps the open tasks as lists look for them, whoever changes a task or a matter."""
from sqlalchemy import Engine, delete, func, literal, select, update
from sqlalchemy.orm import Session

from engine import db
from engine.inbox import Inbox
from engine.ledger import Matter
from engine.usertask import Draft, UserTask
from tests.faults.case import Case


def kept(session: Session) -> list[tuple]:
    """What the lists find."""
    return sorted(session.execute(select(
        Inbox.task_id, Inbox.tenant, Inbox.unit, Inbox.post, Inbox.matter_id, Inbox.name, Inbox.due_at, Inbox.lamp,
        Inbox.lead_unit, Inbox.words)), key=lambda row: row[0])


def true(session: Session) -> list[tuple]:
    """What the tasks and their matters say."""
    blank = literal(' ')
    words = func.lower(func.coalesce(Matter.title, '') + blank + func.coalesce(Matter.code, '') + blank + UserTask.name)
    return sorted(session.execute(select(
        UserTask.id, UserTask.tenant, UserTask.unit, UserTask.post, UserTask.matter_id, UserTask.name, UserTask.due_at,
        Matter.lamp, Matter.lead_unit, words).outerjoin(Matter, Matter.id == UserTask.matter_id)
        .where(UserTask.state == 'open')), key=lambda row: row[0])


def test_a_matter_s_life_leaves_the_open_tasks_in_it(office: Engine) -> None:
    case = Case.begin(office)
    seen = set()
    for element in ('sign', 'plan', None):
        with db.reading(office) as session:
            assert kept(session) == true(session) != []
            seen |= {row.name for row in session.scalars(select(Inbox))}
        if element:
            case.do(element)
    assert '签收' in seen and len(seen) >= 3


def test_what_is_changed_by_hand_is_followed(office: Engine) -> None:
    case = Case.begin(office)
    task, _ = case.waiting('sign')
    with db.writing(office) as session:
        before = session.scalar(select(Inbox.seq).where(Inbox.task_id == task))
        for change in (update(Matter).values(title='Water 饮水', code='DB-X', lamp='red', lead_unit='sft'),
                       update(UserTask).where(UserTask.id == task).values(name='Sign 签收', due_at=None),
                       update(Matter).values(title=None)):
            session.execute(change)
            assert kept(session) == true(session)
        row = session.scalar(select(Inbox).where(Inbox.task_id == task))
        assert (row.seq, row.words, row.lamp) == (before, ' db-x sign 签收', 'red')


def test_what_goes_to_another_post_is_new_there(office: Engine) -> None:
    case = Case.begin(office)
    task, _ = case.waiting('sign')
    own = select(Inbox.seq).where(Inbox.task_id == task)
    with db.writing(office) as session:
        before = session.scalar(own)
        session.execute(update(UserTask).where(UserTask.id == task).values(post='chief'))
        assert session.scalar(own) > before and kept(session) == true(session)
        session.execute(update(UserTask).where(UserTask.id == task).values(state='done'))
        assert session.scalar(own) is None and kept(session) == true(session)
        session.execute(update(UserTask).where(UserTask.id == task).values(state='open'))
        assert session.scalar(own) > before and kept(session) == true(session)
        session.execute(delete(Draft).where(Draft.task_id == task))
        session.execute(delete(UserTask).where(UserTask.id == task))
        assert session.scalar(own) is None
