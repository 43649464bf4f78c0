"""What a step leaves behind, beside what the stories tell."""
import pytest
from sqlalchemy import Engine, select

from engine import db, usertask
from engine.errors import Failed
from engine.job import Timer
from engine.usertask import UserTask
from tests.engine.desk import Desk, ask
from tests.engine.diagrams import line
from tests.workflows.story import Teller


def registered(engine: Engine, path) -> Teller:
    """A matter in 贵州省 that has an approved basis and waits to be signed for."""
    story = path / 'registered.story'
    story.write_text('故事 登记\n依据 P01-30\n政府 gz 2020-05-07 09:00\n立项 office/officer 照例\n')
    teller = Teller(engine, story)
    teller.tell()
    return teller


def test_a_task_answered_while_it_begins_is_among_the_done(engine: Engine, tmp_path) -> None:
    teller = registered(engine, tmp_path)
    with db.reading(engine) as session:
        task = session.scalars(select(UserTask).where(UserTask.matter_id == teller.matter,
                                                      UserTask.element == 'register')).one()
        assert (task.state, task.closed_by) == ('done', '省政府办公厅·督查员')
        assert usertask.answers(session, task.instance_id)['title'] == task.answer['title']


def test_names_say_the_value_that_they_name(engine: Engine, tmp_path) -> None:
    teller = registered(engine, tmp_path)
    with db.reading(engine) as session:
        names = set(session.scalars(select(Timer.name).where(Timer.matter_id == teller.matter)))
    assert '到期前3个工作日' in names and not [name for name in names if '{' in name]


@pytest.mark.parametrize('said', ['下周', 'P3D', '2020-05-08T10:00:00'])
def test_a_due_date_that_is_no_date_is_an_incident(engine: Engine, said: str) -> None:
    desk = Desk(engine, p=line(ask('first'), ask('second', camunda_dueDate='${answer}'), between=('first', 'second')))
    desk.start()
    with pytest.raises(Failed, match='到期日不是日期'):
        desk.finish('first', answer=said)
    (opened,) = desk.incidents()
    assert (opened.element, opened.expression) == ('second', '${answer}') and opened.advice
    desk.finish('first', answer='2020-05-08')
    assert desk.open == ['second']


def test_several_posts_as_who_does_it_are_an_incident(engine: Engine) -> None:
    """They went to the fallback's post without a word, as a post that nobody knows."""
    several = ask('second', camunda_candidateGroups='${split(answer)}')
    desk = Desk(engine, p=line(ask('first'), several, between=('first', 'second')))
    desk.start()
    with pytest.raises(Failed, match='办理人要是一个 单位/岗位，不是'):
        desk.finish('first', answer='fgw/liaison,gxt/liaison')
    (opened,) = desk.incidents()
    assert opened.element == 'second' and '[“fgw/liaison”、“gxt/liaison”]' in opened.cause and '画成多实例' in opened.advice


def test_a_name_shows_parameters_and_leaves_expressions_as_they_stand(engine: Engine) -> None:
    desk = Desk(engine, p=line(ask('work', name='到期前{warning_days}天${warning_days}#{x}'), between=('work',)))
    desk.start()
    with db.reading(engine) as session:
        assert session.scalars(select(UserTask.name)).one() == '到期前3天${warning_days}#{x}'
