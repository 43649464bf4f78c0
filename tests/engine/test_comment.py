"""沟通: what is said beside a matter moves nothing, reaches whom it mentions, and stays provable."""
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update

from engine import circulation, comment, db, history
from engine.actions.reminder import Message
from engine.comment import Comment
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.ledger import Matter
from engine.usertask import UserTask
from tests.webapp.matters import POSTS

OFFICER, LIAISON = POSTS['officer'], POSTS['liaison']


def say(engine: Engine, matter_id: UUID, actor: history.Actor, text: str, **more: object) -> UUID:
    with db.writing(engine) as session:
        return comment.write(session, matter_id, actor, text, **more).id


def messages(engine: Engine, post: str) -> list[str]:
    with db.reading(engine) as session:
        return [row.text for row in session.scalars(select(Message).where(Message.post == post).order_by(Message.sent_at))
                if '：' in row.text and ('留言' in row.text or '回复' in row.text)]


def test_who_is_mentioned_and_who_is_answered_get_a_message(engine: Engine, matter: UUID) -> None:
    first = say(engine, matter, OFFICER, '请先报初步安排。', mentioned='fgw/liaison')
    say(engine, matter, LIAISON, '本周五前报。', reply_to=first)
    assert messages(engine, 'liaison') == ['省政府办公厅·督查员留言：请先报初步安排。']
    assert messages(engine, 'officer') == ['省发展改革委·联络员回复：本周五前报。']


def test_the_flow_stands_still_while_people_talk(engine: Engine, matter: UUID) -> None:
    def state() -> list[tuple]:
        with db.reading(engine) as session:
            return [tuple(row) for row in session.execute(select(UserTask.id, UserTask.state))] + [
                session.get(Matter, matter).stage]
    before = state()
    say(engine, matter, LIAISON, '收到。')
    assert state() == before


def test_only_those_who_have_to_do_with_it_are_offered(engine: Engine, matter: UUID) -> None:
    def offered() -> list[tuple[str, str]]:
        with db.reading(engine) as session:
            return comment.audience(session, session.get(Matter, matter))
    assert ('fgw', 'liaison') in offered() and ('office', 'officer') in offered() and ('gov', 'principal') in offered()
    assert ('sft', 'liaison') not in offered() and ('office', 'operator') not in offered()
    assert ('office', 'head') in offered(), 'who supervises it reads it before there is anything for them to do'
    say(engine, matter, LIAISON, '请指示。', mentioned='office/head')
    with pytest.raises(Refused, match='“省司法厅·联络员”看不到这件事，请先抄送'):
        say(engine, matter, OFFICER, '请看。', mentioned='sft/liaison')
    with db.writing(engine) as session:
        circulation.send(session, matter, OFFICER, ['sft/liaison'])
    assert ('sft', 'liaison') in offered()


def test_words_are_taken_back_by_who_said_them_and_stay_provable(engine: Engine, matter: UUID) -> None:
    said = say(engine, matter, LIAISON, '写错了。')
    with db.writing(engine) as session, pytest.raises(Forbidden, match='只能由留言的岗位撤回'):
        comment.withdraw(session, said, OFFICER)
    for _twice in range(2):
        with db.writing(engine) as session:
            comment.withdraw(session, said, LIAISON)
    with pytest.raises(Conflict, match='刚刚撤回了'):
        say(engine, matter, OFFICER, '哪里错了？', reply_to=said)
    with db.reading(engine) as session:
        row, = comment.thread(session, matter)
        kinds = [one.kind for one in history.events(session, str(matter)) if one.kind.startswith('comment')]
        assert row.withdrawn_at and kinds == ['comment.written', 'comment.withdrawn']
        assert not comment.altered(session, matter, [row]) and history.verify(session).whole
        assert not any('写错了' in one.data + one.summary for one in history.events(session, str(matter)))


def test_altered_words_are_found(engine: Engine, matter: UUID) -> None:
    said = say(engine, matter, LIAISON, '十月报。')
    with db.writing(engine) as session:
        session.execute(update(Comment).values(text='十二月报。'))
    with db.reading(engine) as session:
        assert comment.altered(session, matter, comment.thread(session, matter)) == {said}


@pytest.mark.parametrize('text', ['', ' \n ', '长' * 1001])
def test_nothing_and_too_much_are_refused(engine: Engine, matter: UUID, text: str) -> None:
    with pytest.raises(Refused, match='留言要写1到1000个字'):
        say(engine, matter, LIAISON, text)


def test_an_answer_needs_a_comment_of_this_matter(engine: Engine, matter: UUID) -> None:
    with pytest.raises(NotFound, match='没有找到要回复的留言'):
        say(engine, matter, LIAISON, '好。', reply_to=matter)
