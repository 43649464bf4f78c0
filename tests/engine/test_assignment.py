"""认领、转办、委派、加签: what is done with a task besides submitting it."""
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, select

from engine import assignment, db, directory, history, instance, usertask
from engine.directory import Account
from engine.errors import Conflict, Forbidden, Refused
from engine.history import Actor
from engine.usertask import UserTask
from tests.conftest import DATABASES
from tests.engine.desk import TENANT, Desk, ask
from tests.engine.diagrams import boundary, chain, end, extension, line, table, timer

FILLED = {'answer': '已办', 'other': '无', 'names': None, 'order': None}


def drawn(**properties: str) -> str:
    """The extension properties of a user task."""
    return extension('<camunda:properties>' + ''.join(
        f'<camunda:property name="{name}" value="{value}"/>' for name, value in properties.items()) + '</camunda:properties>')


EVERYTHING = drawn(allow='claim transfer delegate consult return recall')


class Office(Desk):
    """A government in which several posts work on one task; `gz-fgw-liaison` and `gz-fgw-second` are of one post."""

    def __init__(self, engine: Engine, **processes: bytes) -> None:
        super().__init__(engine, **processes)
        with db.writing(engine) as session:
            session.add(Account(tenant=TENANT, unit='fgw', post='liaison', login='gz-fgw-second', password_hash='!', session_key=''))

    def actor(self, login: str) -> Actor:
        with db.reading(self.engine) as session:
            row = session.scalars(select(Account).where(Account.login == f'gz-{login}')).one()
            return Actor(directory.post_name(session, TENANT, f'{row.unit}/{row.post}'), row.unit, row.post, row.id, None, row.login)

    def task(self, element: str, state: str = 'open', *, asks: bool = False, post: str = '') -> UserTask:
        with db.reading(self.engine) as session:
            query = select(UserTask).where(UserTask.element == element, UserTask.state == state,
                                           UserTask.asks.is_not(None) if asks else UserTask.asks.is_(None))
            found = session.scalars(query.order_by(UserTask.opened_at)).all()
            return next(one for one in found if post in ('', f'{one.unit}/{one.post}'))

    def act(self, verb: Any, key: UUID, *given: Any, by: str, **named: Any) -> Any:
        actor = self.actor(by)
        if verb is assignment.claim or verb is assignment.release:
            return self.do('act', lambda session: verb(session, key, actor))
        if verb is instance.complete or verb is assignment.hand_back or verb is assignment.opine:
            return self.do('act', lambda session: verb(session, key, actor, *given, **named))
        return self.do('act', lambda session: verb(session, key, *given[:-1], actor, given[-1]))

    def submit(self, element: str, by: str, **answer: Any) -> Any:
        return self.act(instance.complete, self.task(element).id, FILLED | answer, by=by)

    def told(self, kind: str) -> list[dict[str, Any]]:
        with db.reading(self.engine) as session:
            rows = session.scalars(select(history.Event).where(history.Event.kind == kind).order_by(history.Event.seq))
            return [{'by': row.actor, 'said': row.summary, **orjson.loads(row.data)} for row in rows]

    def offered(self, element: str, by: str) -> set[str]:
        with db.reading(self.engine) as session:
            return set(assignment.offers(session, self.task(element).id, self.actor(by)).acts)


def person(ident: str, *inner: str, post: str = 'fgw/liaison', **more: str) -> str:
    return ask(ident, *inner, camunda_candidateGroups=post, **more)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Any:
    """SQLite, but for the tests that name both: what happens is the same, and the statements are few."""
    return request.getfixturevalue(f'_{getattr(request, "param", "sqlite")}')


@pytest.fixture
def office(engine: Engine) -> Office:
    """`a`, done by 发展改革委's liaison, then `b`, done by the officer."""
    made = Office(engine, p=line(person('a', EVERYTHING), ask('b', drawn(allow='return', return_to='a')), between=('a', 'b')))
    made.start()
    return made


# -- 认领、放回 --------------------------------------------------------------------------------------------------------


def test_who_claims_a_task_does_it_and_colleagues_are_told(office: Office) -> None:
    key = office.task('a').id
    office.act(assignment.claim, key, by='fgw-liaison')
    with pytest.raises(Refused, match='省发展改革委·联络员（账号gz-fgw-liaison）已认领'):
        office.submit('a', 'fgw-second')
    assert office.offered('a', 'fgw-second') == set() and 'release' in office.offered('a', 'fgw-liaison')
    office.act(assignment.claim, key, by='fgw-liaison')                       # a double click
    office.submit('a', 'fgw-liaison')
    assert [one['account'] for one in office.told('task.claimed')] == ['gz-fgw-liaison']
    assert office.told('task.completed')[0]['account'] == 'gz-fgw-liaison'
    office.sound()


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_two_claim_at_once_and_one_is_told_who_was_faster(office: Office) -> None:
    key, first, second = office.task('a').id, office.actor('fgw-liaison'), office.actor('fgw-second')
    with db.reading(office.engine) as one, db.reading(office.engine) as other:
        plans = [assignment.claim(one, key, first), assignment.claim(other, key, second)]
    with db.writing(office.engine) as session:
        plans[0].flush(session)
    with pytest.raises(Conflict), db.writing(office.engine) as session:
        plans[1].flush(session)
    with pytest.raises(Refused, match='gz-fgw-liaison）已认领'):
        office.act(assignment.claim, key, by='fgw-second')


def test_a_claimed_task_is_put_back_by_its_account_or_the_supervision(office: Office) -> None:
    key = office.task('a').id
    for login in ('fgw-liaison', 'office-officer'):
        office.act(assignment.claim, key, by='fgw-liaison')
        with pytest.raises(Forbidden, match='放回要由认领的账号（gz-fgw-liaison）或者督查的岗位来做'):
            office.act(assignment.release, key, by='fgw-second')
        office.act(assignment.release, key, by=login)
    with pytest.raises(Conflict, match='没有人认领'):
        office.act(assignment.release, key, by='fgw-liaison')
    office.submit('a', 'fgw-second')


def test_the_governments_table_says_who_puts_back_what_others_have_claimed(engine: Engine) -> None:
    class Ruled(Office):
        files = {'oversight.dmn': table('oversight', ('act',), ('oversee_posts',), ('"release"', '"gov/principal"'))}
    office = Ruled(engine, p=line(person('a', EVERYTHING), between=('a',)))
    office.start()
    key = office.task('a').id
    office.act(assignment.claim, key, by='fgw-liaison')
    assert office.offered('a', 'office-officer') == set() and office.offered('a', 'gov-principal') == {'release'}
    with pytest.raises(Forbidden, match='督查的岗位'):
        office.act(assignment.release, key, by='office-officer')
    office.act(assignment.release, key, by='gov-principal')
    assert office.told('task.released')[0]['by'] == '省政府·主要领导'


def test_a_substitute_claims_for_the_post(office: Office) -> None:
    with db.writing(office.engine) as session:
        day = session.get(directory.Tenant, TENANT).virtual_at.date()
        directory.set_substitute(session, TENANT, ('fgw', 'liaison'), ('fgw', 'chief'), day, day)
    office.act(assignment.claim, office.task('a').id, by='fgw-chief')
    assert office.told('task.claimed')[0]['by'] == '省发展改革委·单位负责人 代 省发展改革委·联络员'
    with pytest.raises(Refused, match='gz-fgw-chief）已认领'):
        office.submit('a', 'fgw-liaison')


# -- 转办、委派 --------------------------------------------------------------------------------------------------------


def test_a_transferred_task_is_decided_by_the_other_and_goes_on(office: Office) -> None:
    office.act(assignment.transfer, office.task('a').id, 'gxt/liaison', '本件属工业', by='fgw-liaison')
    with pytest.raises(Forbidden):
        office.submit('a', 'fgw-liaison')
    office.submit('a', 'gxt-liaison')
    assert office.open == ['b']
    assert office.told('task.transferred') == [{
        'by': '省发展改革委·联络员', 'said': '转办给省工业和信息化厅·联络员：本件属工业', 'from': 'fgw/liaison', 'to': 'gxt/liaison',
        'reason': '本件属工业', 'task': office.task('a', 'done').id.hex, 'account': 'gz-fgw-liaison'}]
    office.sound()


@pytest.mark.parametrize(('to', 'why', 'sentence'), [
    ('gxt/liaison', ' ', '写明理由'), ('none/liaison', '转', '没有“none·liaison”这个岗位'), ('gxt', '转', '没有“gxt”这个岗位'),
    ('fgw/liaison', '转', '就是现在的办理岗位'), ('gxt/liaison', '长' * 501, '最多500个字')])
def test_it_goes_to_posts_of_today_with_a_reason(office: Office, to: str, why: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        office.act(assignment.transfer, office.task('a').id, to, why, by='fgw-liaison')
    assert (office.task('a').unit, office.told('task.transferred')) == ('fgw', [])


def test_what_the_diagram_does_not_allow_is_refused_and_not_offered(engine: Engine) -> None:
    made = Office(engine, p=line(person('a', drawn(allow='comment')), person('b'), between=('a', 'b')))
    made.start()
    assert made.offered('a', 'fgw-liaison') == set()
    for verb in (assignment.transfer, assignment.delegate):
        with pytest.raises(Refused, match='流程图上没有允许'):
            made.act(verb, made.task('a').id, 'gxt/liaison', '转', by='fgw-liaison')
    made.submit('a', 'fgw-liaison')
    assert made.offered('b', 'fgw-liaison') == {'claim', 'delegate', 'consult'}     # nothing is drawn
    assert made.offered('b', 'gxt-liaison') == set()


def test_a_delegated_task_comes_back_with_what_was_said(office: Office) -> None:
    key = office.task('a').id
    office.act(assignment.delegate, key, 'gxt/liaison', '请填产业数据', by='fgw-liaison')
    with pytest.raises(Refused, match='委派来的，办好了请交回'):
        office.submit('a', 'gxt-liaison')
    with pytest.raises(Forbidden):
        office.submit('a', 'fgw-liaison')
    office.act(assignment.hand_back, key, {'answer': '工业部分已填'}, '数据截至9月', by='gxt-liaison')
    task = office.task('a')
    assert (task.unit, task.post, task.owner) == ('fgw', 'liaison', None)
    assert task.kept == {'as': 'handed_back', 'answer': {'answer': '工业部分已填'}, 'said': '数据截至9月', 'from': 'gxt/liaison'}
    office.submit('a', 'fgw-liaison')
    assert office.open == ['b']
    office.sound()


def test_who_delegated_takes_it_back_and_nothing_typed_is_lost(office: Office) -> None:
    key = office.task('a').id
    office.act(assignment.delegate, key, 'gxt/liaison', '请填产业数据', by='fgw-liaison')
    with db.writing(office.engine) as session:
        usertask.save_draft(session, key, office.actor('gxt-liaison').account_id, {'answer': '填了一半'}, office.task('a').opened_at)
    with pytest.raises(Forbidden):
        office.act(assignment.take_back, key, '收回', by='fgw-chief')
    office.act(assignment.take_back, key, '不用了', by='fgw-liaison')
    assert (office.task('a').unit, office.task('a').kept) == ('fgw', {'as': 'taken_back', 'answer': {'answer': '填了一半'}})
    with pytest.raises(Conflict):
        office.act(assignment.take_back, key, '再收', by='fgw-liaison')


# -- 加签、减签 --------------------------------------------------------------------------------------------------------


def consult(office: Office, how: str, to: str = 'gxt/liaison') -> None:
    office.act(assignment.ask, office.task('a').id, to, how, '请核数据', by='fgw-liaison')


def test_asked_before_the_task_waits_for_the_answer(office: Office) -> None:
    consult(office, 'before')
    with pytest.raises(Refused, match='还在等省工业和信息化厅·联络员的意见'):
        office.submit('a', 'fgw-liaison')
    office.act(assignment.opine, office.task('a', asks=True).id, '数据属实', True, by='gxt-liaison')
    with pytest.raises(Conflict):
        office.act(assignment.opine, office.task('a', 'done', asks=True).id, '再说一遍', True, by='gxt-liaison')
    office.submit('a', 'fgw-liaison')
    assert office.open == ['b'] and [one['opinion'] for one in office.told('opinion.given')] == ['数据属实']


def test_asked_meanwhile_the_task_does_not_wait(office: Office) -> None:
    consult(office, 'beside')
    assert office.open == ['a', 'a']
    office.submit('a', 'fgw-liaison')
    assert office.open == ['b']                                               # nobody waits for the opinion any more


def test_asked_after_the_step_moves_on_when_all_have_agreed(office: Office) -> None:
    consult(office, 'after')
    consult(office, 'after', 'fgw/chief')
    assert office.open == ['a']                                               # nobody is asked yet
    office.submit('a', 'fgw-liaison')
    assert office.open == ['a', 'a', 'a']
    with pytest.raises(Refused, match='已经提交，正在等加签的岗位同意'):
        office.submit('a', 'fgw-liaison')
    office.act(assignment.opine, office.task('a', asks=True, post='gxt/liaison').id, '', True, by='gxt-liaison')
    assert 'a' in office.open
    office.act(assignment.opine, office.task('a', asks=True, post='fgw/chief').id, '同意', True, by='fgw-chief')
    assert office.open == ['b'] and office.task('a', 'done').answer == FILLED
    assert office.told('task.completed')[0]['by'] == '省发展改革委·联络员'
    office.sound()


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_a_refusal_gives_it_back_with_everything_kept(office: Office) -> None:
    consult(office, 'after')
    consult(office, 'after', 'fgw/chief')
    office.submit('a', 'fgw-liaison')
    office.act(assignment.opine, office.task('a', asks=True, post='gxt/liaison').id, '同意', True, by='gxt-liaison')
    with pytest.raises(Refused, match='写明意见'):
        office.act(assignment.opine, office.task('a', asks=True).id, '', False, by='fgw-chief')
    office.act(assignment.opine, office.task('a', asks=True).id, '数字不对', False, by='fgw-chief')
    assert office.open == ['a']
    assert office.task('a').kept == {'answer': FILLED, 'as': 'refused', 'said': '数字不对', 'from': 'fgw/chief'}
    office.submit('a', 'fgw-liaison', answer='改过')                             # both are asked again
    for who in ('gxt-liaison', 'fgw-chief'):
        office.act(assignment.opine, office.task('a', asks=True, post=who.replace('-', '/')).id, '', True, by=who)
    assert office.open == ['b'] and office.task('a', 'done').answer['answer'] == '改过'
    office.sound()


def test_however_often_it_is_refused_everybody_is_asked_once_and_who_was_removed_no_more(office: Office) -> None:
    for to in ('gxt/liaison', 'fgw/chief'):
        consult(office, 'after', to)
    for _ in range(3):
        office.submit('a', 'fgw-liaison')
        assert office.open == ['a', 'a', 'a']
        office.act(assignment.opine, office.task('a', asks=True, post='fgw/chief').id, '', True, by='fgw-chief')
        office.act(assignment.opine, office.task('a', asks=True, post='gxt/liaison').id, '不行', False, by='gxt-liaison')
    office.act(assignment.remove, office.task('a', 'later', asks=True, post='fgw/chief').id, '不用了', by='fgw-liaison')
    office.submit('a', 'fgw-liaison')
    office.act(assignment.opine, office.task('a', asks=True).id, '还不行', False, by='gxt-liaison')
    office.submit('a', 'fgw-liaison')
    assert office.open == ['a', 'a']
    office.act(assignment.opine, office.task('a', asks=True).id, '行了', True, by='gxt-liaison')
    assert office.open == ['b']
    office.sound()


@pytest.mark.parametrize('unfit', [False, True])
def test_who_agreed_is_asked_again_when_what_was_agreed_to_comes_back(office: Office, unfit: bool) -> None:
    """Taken back by its doer, or not fitting the form any more once the last has agreed: it may be changed."""
    for to in ('gxt/liaison', 'fgw/chief'):
        consult(office, 'after', to)
    office.submit('a', 'fgw-liaison')
    office.act(assignment.opine, office.task('a', asks=True, post='gxt/liaison').id, '', True, by='gxt-liaison')
    if unfit:
        spoil(office)
        office.act(assignment.opine, office.task('a', asks=True).id, '', True, by='fgw-chief')
        assert office.task('a').kept['as'] == 'unfit'
    else:
        office.act(assignment.take_back, office.task('a').id, '填错了', by='fgw-liaison')
    assert office.open == ['a']
    office.submit('a', 'fgw-liaison', answer='改过')
    assert office.open == ['a', 'a', 'a']


def test_who_was_removed_while_what_was_submitted_does_not_fit_any_more_is_not_asked_again(office: Office) -> None:
    consult(office, 'after')
    office.submit('a', 'fgw-liaison')
    spoil(office)
    office.act(assignment.remove, office.task('a', asks=True).id, '不等了', by='fgw-liaison')
    assert office.task('a').kept['as'] == 'unfit'
    office.submit('a', 'fgw-liaison')
    assert office.open == ['b']


def spoil(office: Office) -> None:
    """What was submitted does not fit its form any more."""
    with db.writing(office.engine) as session:
        task = session.get(UserTask, office.task('a').id)
        task.kept = {**task.kept, 'answer': {'answer': None, 'unknown': 'x'}}


def test_an_opinion_that_is_not_wanted_any_more_is_removed_with_a_reason(office: Office) -> None:
    consult(office, 'before')
    opinion = office.task('a', asks=True).id
    with pytest.raises(Refused, match='写明理由'):
        office.act(assignment.remove, opinion, '', by='fgw-liaison')
    with pytest.raises(Forbidden):
        office.act(assignment.remove, opinion, '不等了', by='gxt-liaison')
    office.act(assignment.remove, opinion, '不等了', by='fgw-liaison')
    with pytest.raises(Conflict):
        office.act(assignment.opine, opinion, '晚了', True, by='gxt-liaison')
    office.submit('a', 'fgw-liaison')
    assert office.open == ['b'] and office.told('opinion.removed')[0]['reason'] == '不等了'


def test_removed_as_the_last_that_had_to_agree_what_was_submitted_counts(office: Office) -> None:
    consult(office, 'after')
    office.submit('a', 'fgw-liaison')
    office.act(assignment.remove, office.task('a', asks=True).id, '不等了', by='fgw-liaison')
    assert office.open == ['b']


def test_what_was_submitted_for_consent_can_be_taken_back_and_changed(office: Office) -> None:
    consult(office, 'after')
    office.submit('a', 'fgw-liaison')
    office.act(assignment.take_back, office.task('a').id, '填错了', by='fgw-liaison')
    assert office.open == ['a'] and office.task('a').kept['answer'] == FILLED
    office.submit('a', 'fgw-liaison', answer='对的')
    office.act(assignment.opine, office.task('a', asks=True).id, '', True, by='gxt-liaison')
    assert office.task('a', 'done').answer['answer'] == '对的'


def test_nobody_is_asked_twice_nor_without_a_question(office: Office) -> None:
    consult(office, 'before')
    for how, to, question, sentence in (('before', 'gxt/liaison', '看', '还没有答复'), ('x', 'fgw/chief', '看', '没有“x”这种加签'),
                                        ('before', 'fgw/chief', '', '写明请对方看什么')):
        with pytest.raises(Refused, match=sentence):
            office.act(assignment.ask, office.task('a').id, to, how, question, by='fgw-liaison')


def test_when_the_task_vanishes_nobody_is_asked_any_more(engine: Engine) -> None:
    late = boundary('late', 'a', timer('duration', 'P3D')) + ask('urge') + end('urged') + chain('late', 'urge', 'urged')
    made = Office(engine, p=line(person('a', EVERYTHING), between=('a',), extra=late))
    made.start()
    consult(made, 'before')
    consult(made, 'after', 'fgw/chief')
    made.later(days=4)
    assert made.open == ['urge']
    with db.reading(engine) as session:
        assert set(session.scalars(select(UserTask.state).where(UserTask.asks.is_not(None)))) == {'cancelled'}
    made.sound()


def test_what_comes_due_while_somebody_is_asked_opens_beside_it(engine: Engine) -> None:
    """No worker ran: the reminder rings in the step that asks, and in the one that gives an opinion."""
    late = ''.join(boundary(f'late{day}', 'a', timer('date', f'2020-05-{day}T09:00:00+08:00'), stops=False)
                   + ask(f'urge{day}') + end(f'urged{day}') + chain(f'late{day}', f'urge{day}', f'urged{day}') for day in (10, 14))
    made = Office(engine, p=line(person('a', EVERYTHING), between=('a',), extra=late))
    made.start()
    pass_days(made, 4)
    consult(made, 'after')
    assert made.open == ['a', 'urge10']
    made.submit('a', 'fgw-liaison')
    pass_days(made, 4)
    made.act(assignment.opine, made.task('a', asks=True).id, '不行', False, by='gxt-liaison')
    assert made.open == ['a', 'urge10', 'urge14']
    made.sound()


def pass_days(office: Office, days: int) -> None:
    """The clock goes on, and no worker looks."""
    with db.writing(office.engine) as session:
        session.get(directory.Tenant, TENANT).virtual_at += timedelta(days=days)


def test_what_others_have_agreed_to_is_not_taken_back_and_it_is_said_why(office: Office) -> None:
    consult(office, 'after')
    office.submit('a', 'fgw-liaison')
    office.act(assignment.opine, office.task('a', asks=True).id, '', True, by='gxt-liaison')
    with db.reading(office.engine) as session:
        why = assignment.recallable(session, office.task('a', 'done').id, office.actor('fgw-liaison'))
        assert assignment.recallable(session, office.task('a', 'done').id, office.actor('gxt-liaison')) is None
    assert str(why) == '撤回不了：这一步提交以后请过别的岗位同意。'
    with pytest.raises(Refused, match='请过别的岗位同意'):
        office.act(assignment.recall, office.task('a', 'done').id, '填错了', by='fgw-liaison')


def test_marks_in_the_name_of_a_step_become_inner_ones_on_the_trail(engine: Engine) -> None:
    made = Office(engine, p=line(person('a', name='报“清”单'), ask('b', drawn(allow='return', return_to='a')), between=('a', 'b')))
    made.start()
    made.submit('a', 'fgw-liaison')
    made.act(assignment.give_back, made.task('b').id, 'a', '不全', by='office-officer')
    assert made.told('task.returned')[0]['said'] == '退回到“报‘清’单”：不全'
