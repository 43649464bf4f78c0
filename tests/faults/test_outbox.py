"""Reminders that reach people: written with the step, bundled, quiet at night, sent at least once, given up visibly."""
import os
import re
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from engine import (actions, assignment, channel, circulation, clock, comment, contact, db, deployment, directory,
                    incident, instance, outbox, parameter, simulation, worker)
from engine.actions import reminder
from engine.channel import Letter, Undelivered
from engine.directory import Account, Tenant
from engine.errors import Failed
from engine.history import SYSTEM, Actor, Event
from engine.incident import Incident
from engine.job import Job
from engine.ledger import FACTS
from engine.outbox import Courier, Delivery, Entry
from engine.outbox.delivery import LEASE
from tests.bench.meter import Meter
from tests.databases import Sqlite
from tests.engine.postbox import Gateway, MailServer, gateway_settings, mail_settings, says, settings
from tests.faults.case import BEGIN, TENANT, Case, set_clock
from tests.faults.process import DIED, born
from tests.workflows.story import bundle_files, moment

TOPICS = {topic: known.parameters() for topic, known in actions.known().items()}
LIAISON, OPERATOR = 'gz-fgw-liaison', Actor('省政府办公厅·运维员', 'office', 'operator')
ADDRESS = 'zhang@fgw.gov.cn'


@pytest.fixture
def reached(_office_sqlite: Sqlite) -> Iterator[Engine]:
    """贵州 on 7 May 2020, 09:00; the liaison of fgw hears of everything by mail."""
    engine = db.connect(_office_sqlite.fresh(ready=True))
    reach(engine, LIAISON)
    yield engine
    engine.dispose()


@pytest.fixture
def either(office: Engine) -> Engine:
    """The same on each kind of database, for what hangs on its locks and indexes."""
    reach(office, LIAISON)
    return office


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


def reach(engine: Engine, login: str, way: str = 'mail', address: str = ADDRESS) -> None:
    """The account enters an address, and the code comes back."""
    with db.writing(engine) as session:
        account = session.scalars(select(Account).where(Account.login == login)).one()
        _, code = contact.enter(session, account, way, address, contact.KINDS, SYSTEM)
        assert contact.confirm(session, account.id, way, code, SYSTEM)


def rows(engine: Engine, table: Any) -> list[Any]:
    with db.reading(engine) as session:
        return list(session.scalars(select(table)))


def sent(engine: Engine, given: dict) -> int:
    """The courier goes round once; how many letters it sent."""
    return Courier(engine, given).drain()


class Channel:
    """A way out that fails as told, and keeps the keys that it was given."""

    name = 'mail'

    def __init__(self, *faults: Exception | None) -> None:
        self.faults, self.keys = list(faults), []

    def send(self, letter: Letter, _address: str) -> None:
        self.keys.append(letter.key)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault

    def close(self) -> None:
        return


def carried(engine: Engine, through: Channel) -> int:
    """A courier with this channel goes round once."""
    return Courier(engine, settings(DEMO_SENDS='yes'), {'mail': through}).drain()


def again(engine: Engine) -> None:
    """Time passes until the next try."""
    with db.writing(engine) as session:
        session.execute(update(Delivery).values(next_at=clock.utcnow() - timedelta(seconds=1)))


# -- what is told ----------------------------------------------------------------------------------------------------

def test_a_new_task_is_in_the_outbox_with_the_step_that_opened_it(reached: Engine) -> None:
    Case.begin(reached, title='建立健全重点企业和项目库')
    entry, = rows(reached, Entry)
    assert (entry.kind, entry.title, entry.step, entry.place) == ('task', '建立健全重点企业和项目库', '签收', 'task')
    assert entry.channel == 'mail' and entry.told_at == BEGIN


def test_where_nobody_has_a_contact_nothing_is_written(office: Engine) -> None:
    Case.begin(office)
    assert rows(office, Entry) == []


def test_a_person_hears_only_of_what_it_wants(reached: Engine) -> None:
    with db.writing(reached) as session:
        account = session.scalars(select(Account).where(Account.login == LIAISON)).one()
        contact.choose(session, account.id, 'mail', ('overdue',), SYSTEM)
    Case.begin(reached)
    assert rows(reached, Entry) == []
    worker.advance(reached, TENANT, moment('2020-05-13 10:00'), SYSTEM)     # 签收 is late
    assert {entry.kind for entry in rows(reached, Entry)} == {'overdue'}


def test_a_letter_says_title_step_deadline_and_the_way_there_and_nothing_else(
        reached: Engine, mailbox: MailServer) -> None:
    Case.begin(reached, title='建立健全重点企业和项目库', requirement='这些内部要求不往外传')
    set_clock(reached, '2020-05-07 09:30')
    assert sent(reached, mail_settings(mailbox)) == 1
    entry, letter = rows(reached, Entry)[0], mailbox.letters[0]
    assert letter['To'] == ADDRESS and letter['Subject'] == '督办新的待办：建立健全重点企业和项目库'
    first, link, blank, stop = letter.get_content().splitlines()
    assert first.startswith('【新的待办】建立健全重点企业和项目库，签收，期限2020年5月') and '周' in first
    assert link == f'https://duban.gz.gov.cn/tasks/{entry.place_id}' and blank == ''
    assert stop.startswith('不想再收：https://duban.gz.gov.cn/contact/stop/')


def test_a_late_step_of_a_matter_that_is_not_late_is_told_apart_from_it(reached: Engine, mailbox: MailServer) -> None:
    Case.begin(reached, title='建立健全重点企业和项目库')
    worker.advance(reached, TENANT, moment('2020-05-13 10:00'), SYSTEM)     # 签收 is late
    sent(reached, mail_settings(mailbox))
    said = ''.join(letter.get_content() for letter in mailbox.letters)
    assert '【已超期】建立健全重点企业和项目库，催签收，办结时限2020年' in said


def test_where_one_letter_names_several_matters_of_one_title_it_says_whose_each_is(
        reached: Engine, mailbox: MailServer) -> None:
    """One sentence put to each unit makes a matter of each."""
    reach(reached, 'gz-office-officer', address='officer@gz.gov.cn')
    liaison = Actor('省发展改革委·联络员', 'fgw', 'liaison')
    asked = [Case.begin(reached, title=title, lead_unit=unit).id for title, unit in (
        ('开展自查', 'fgw'), ('开展自查', 'sft'), ('梳理清单', 'sft'))]
    with db.writing(reached) as session:
        for matter_id in asked:
            circulation.send(session, matter_id, liaison, ['office/officer'], '')
        reminder.tell(session, TENANT, ['office/officer'], '请看一下', BEGIN, asked[1], 'comment')
    set_clock(reached, '2020-05-07 09:30')
    sent(reached, mail_settings(mailbox))
    letter, = (one for one in mailbox.letters if one['To'] == 'officer@gz.gov.cn')
    said = [line.partition('，')[0] for line in letter.get_content().splitlines() if line.startswith('【')]
    assert sorted(said) == ['【抄送】开展自查（省发展改革委）', '【抄送】开展自查（省司法厅）', '【抄送】梳理清单', '【沟通】开展自查（省司法厅）']


def test_a_person_who_writes_is_told_of_as_well(reached: Engine) -> None:
    case = Case.begin(reached)
    with db.writing(reached) as session:
        reminder.tell(session, TENANT, ['fgw/liaison', 'fgw/chief'], '请看一下', BEGIN, case.id, 'comment')
    assert [entry.kind for entry in rows(reached, Entry) if entry.place == 'message'] == ['comment']


def test_a_copy_and_a_comment_are_told_as_what_they_are(reached: Engine) -> None:
    case = Case.begin(reached)
    officer = Actor('省政府办公厅·督查员', 'office', 'officer')
    with db.writing(reached) as session:
        circulation.send(session, case.id, officer, ['fgw/liaison'], '请知悉')
        comment.write(session, case.id, officer, '要不要报？', mentioned='fgw/liaison')
    assert [entry.kind for entry in rows(reached, Entry) if entry.kind != 'task'] == ['copy', 'comment']


def test_who_is_handed_a_task_is_told_of_it(reached: Engine) -> None:
    reach(reached, 'gz-fgw-chief', address='chief@fgw.gov.cn')
    case = Case.begin(reached).through('sign', 'plan')
    task, liaison = case.waiting('handle')
    db.carry_out(reached, lambda session: assignment.delegate(session, task, 'fgw/chief', liaison, '我出差'))
    with db.reading(reached) as session:
        chief = session.scalars(select(contact.Contact.id).where(contact.Contact.address.like('chief%'))).one()
    assert (chief, 'task', task) in [(entry.contact_id, entry.kind, entry.place_id) for entry in rows(reached, Entry)]


def test_who_is_to_agree_hears_of_it_and_who_submitted_hears_that_it_comes_back(reached: Engine) -> None:
    reach(reached, 'gz-fgw-chief', address='chief@fgw.gov.cn')
    case, chief = Case.begin(reached), Actor('省发展改革委·单位负责人', 'fgw', 'chief')
    sign, liaison = case.waiting('sign')
    db.carry_out(reached, lambda session: assignment.ask(session, sign, 'fgw/chief', 'after', liaison, '看看'))
    assert '对“签收”提意见' not in heard(reached)['chief@fgw.gov.cn']
    case.do('sign')
    assert heard(reached)['chief@fgw.gov.cn'][-1] == '对“签收”提意见'
    with db.reading(reached) as session:
        opinion, = assignment.opinions(session, sign)
    db.carry_out(reached, lambda session: assignment.opine(session, opinion.id, chief, '还不行', False))
    assert heard(reached)[ADDRESS] == ['签收', '签收']


def heard(engine: Engine) -> dict[str, list[str]]:
    """The steps of which each address is told."""
    with db.reading(engine) as session:
        told = session.execute(select(contact.Contact.address, Entry.step).join(
            Entry, Entry.contact_id == contact.Contact.id).order_by(Entry.id)).all()
    return {address: [step for one, step in told if one == address] for address, _ in told}


def acts_for(engine: Engine, asked: str, by: str) -> None:
    """One post acts for the other, as "unit/post", in the days of the story."""
    with db.writing(engine) as session:
        directory.set_substitute(session, TENANT, *(tuple(one.split('/')) for one in (asked, by)), date(2020, 5, 7),
                                 date(2020, 5, 20))


def test_who_acts_for_an_absent_post_hears_of_its_tasks_and_reminders(reached: Engine) -> None:
    acts_for(reached, 'gxt/liaison', 'fgw/liaison')
    Case.begin(reached, lead_unit='gxt')
    task, = rows(reached, Entry)
    assert (task.kind, task.step) == ('task', '签收（代省工业和信息化厅·联络员）')
    worker.advance(reached, TENANT, moment('2020-05-13 10:00'), SYSTEM)     # 签收 is late
    assert {entry.kind for entry in rows(reached, Entry)} == {'task', 'overdue'}


def test_after_the_last_day_it_hears_no_more(reached: Engine) -> None:
    acts_for(reached, 'gxt/liaison', 'fgw/liaison')
    set_clock(reached, '2020-05-21 09:30')
    Case.begin(reached, lead_unit='gxt')
    assert rows(reached, Entry) == []


def test_who_acts_for_another_post_is_told_the_same_thing_once(reached: Engine) -> None:
    acts_for(reached, 'fgw/chief', 'fgw/liaison')
    case = Case.begin(reached)
    with db.writing(reached) as session:
        reminder.tell(session, TENANT, ['fgw/chief', 'fgw/liaison'], '请看一下', BEGIN, case.id, 'comment')
    assert [entry.step for entry in rows(reached, Entry) if entry.place == 'message'] == ['']


def test_what_happens_in_memory_alone_reaches_nobody(reached: Engine) -> None:
    with db.reading(reached) as session:
        ground = simulation.copied(session, TENANT)
    memory = simulation.ground.memory()
    with db.writing(memory) as session:
        ground.lay(session, BEGIN)
        assert contact.reachable(session, session.get(Tenant, TENANT)) == {}
    memory.dispose()
    assert rows(reached, Entry) == rows(reached, Delivery) == []


def test_a_step_that_tells_somebody_costs_one_more_statement(reached: Engine) -> None:
    case = Case.begin(reached).through('sign')
    key, actor = case.waiting('plan')
    answer, meter = case.answer('plan'), Meter(reached)
    cost = meter.cost(lambda: db.carry_out(reached, lambda session: instance.complete(session, key, actor, answer)))
    assert cost.commits == 1 and cost.statements <= 12


# -- when ------------------------------------------------------------------------------------------------------------

def test_what_comes_close_together_goes_in_one_letter(either: Engine, mailbox: MailServer) -> None:
    for _ in range(3):
        Case.begin(either)
    assert sent(either, mail_settings(mailbox)) == 0, 'half an hour is waited for more'
    set_clock(either, '2020-05-07 09:30')
    assert sent(either, mail_settings(mailbox)) == 1
    assert mailbox.letters[0]['Subject'].endswith('（共3条）') and mailbox.letters[0].get_content().count('【新的待办】') == 3


def test_at_night_and_on_days_off_people_are_left_alone(reached: Engine, mailbox: MailServer) -> None:
    set_clock(reached, '2020-05-08 20:00')                                  # Friday evening; the 9th is worked
    Case.begin(reached)
    set_clock(reached, '2020-05-09 08:59')
    assert sent(reached, mail_settings(mailbox)) == 0
    set_clock(reached, '2020-05-09 09:00')
    assert sent(reached, mail_settings(mailbox)) == 1


def test_what_is_urgent_waits_for_nothing_and_takes_nothing_along(reached: Engine, mailbox: MailServer) -> None:
    set_clock(reached, '2020-05-08 20:00')
    Case.begin(reached)
    Case.begin(reached, matter_class='urgent')
    assert sent(reached, mail_settings(mailbox)) == 1
    assert {entry.urgent: entry.delivery_id is not None for entry in rows(reached, Entry)} == {True: True, False: False}


def test_a_gap_in_the_table_of_what_is_urgent_undoes_nobodys_step(reached: Engine) -> None:
    files = bundle_files()
    files['urgency.dmn'] = re.sub(rb'<rule id="urgency_any">.*?</rule>', b'', files['urgency.dmn'], flags=re.DOTALL)
    with db.writing(reached) as session:
        deployment.deploy(session, TENANT, files, '流程管理员', '', BEGIN, TOPICS, FACTS)
    case = Case.begin(reached).through('sign')
    assert [entry.urgent for entry in rows(reached, Entry)] == [False, False]
    worker.drain(reached, TENANT)
    fault, = rows(reached, Incident)
    assert '夜里也发的提醒' in fault.cause and fault.matter_id == case.id and fault.verb == 'urgency'
    with pytest.raises(Failed, match='夜里也发的提醒'):
        incident.retry(reached, fault.id, OPERATOR)
    db.carry_out(reached, lambda session: instance.change_facts(
        session, case.id, OPERATOR, {'matter_class': 'urgent'}, '急'))
    incident.retry(reached, fault.id, OPERATOR)
    assert rows(reached, Incident)[0].state == 'resolved'
    assert [job.kind for job in rows(reached, Job)] == ['begin'], 'of the bulletin, which begins by itself'


def test_before_people_go_home_nothing_is_kept_back(reached: Engine) -> None:
    set_clock(reached, '2020-05-07 17:20')
    Case.begin(reached)
    assert rows(reached, Entry)[0].ready_at == moment('2020-05-07 17:29')


def test_a_government_has_its_own_hours(reached: Engine) -> None:
    with db.writing(reached) as session:
        bundle = deployment.bundle(session, deployment.current(session, TENANT).id)
        parameter.change(session, TENANT, 'remind_from', '08:30', SYSTEM, bundle)
        parameter.change(session, TENANT, 'remind_bundle_minutes', '0', SYSTEM, bundle)
        with pytest.raises(parameter.Refused, match='09:00 这样的时刻'):
            parameter.change(session, TENANT, 'remind_until', '25点', SYSTEM, bundle)
    set_clock(reached, '2020-05-08 08:40')
    Case.begin(reached)
    assert rows(reached, Entry)[0].ready_at == moment('2020-05-08 08:40')


# -- a demo ----------------------------------------------------------------------------------------------------------

def test_a_demo_sends_nothing_and_says_what_it_would_have_sent_and_when(reached: Engine, mailbox: MailServer) -> None:
    Case.begin(reached)
    set_clock(reached, '2020-05-08 15:00')                                  # the courier looks a day late
    assert sent(reached, mail_settings(mailbox, DEMO_SENDS='no')) == 0 and mailbox.letters == []
    shown, = rows(reached, Delivery)
    assert (shown.state, shown.sent_at, shown.size) == ('shown', moment('2020-05-07 09:30'), 1)


# -- when it does not get through ------------------------------------------------------------------------------------

def waiting(engine: Engine) -> None:
    """One letter is ready."""
    Case.begin(engine)
    set_clock(engine, '2020-05-07 09:30')


@pytest.mark.parametrize('change', [update(Account).values(active=False), update(contact.Contact).values(verified_at=None)])
def test_a_letter_that_waits_goes_to_nobody_who_is_gone(either: Engine, change: Any) -> None:
    """The account was closed meanwhile, or has another address that is not checked yet."""
    waiting(either)
    way = Channel(Undelivered('网关答500'))
    assert carried(either, way) == 0
    with db.writing(either) as session:
        session.execute(change)
    again(either)
    assert carried(either, way) == 0 and len(way.keys) == 1
    assert [row.state for row in rows(either, Delivery)] == ['discarded']


def test_a_letter_is_tried_again_with_the_same_key_and_then_given_up(either: Engine) -> None:
    waiting(either)
    bad = Channel(*[Undelivered('网关答500')] * 6)
    for tries in range(1, 7):
        assert carried(either, bad) == 0
        row, = rows(either, Delivery)
        assert row.tries == tries and row.error == '网关答500'
        assert row.state == ('failed' if tries == 6 else 'waiting')
        assert carried(either, bad) == 0 and len(bad.keys) == tries, 'a pause before the next'
        again(either)
    assert len(set(bad.keys)) == 1
    with db.writing(either) as session:
        assert outbox.counts(session, TENANT)['failed'] == 1
        assert outbox.retry(session, TENANT, OPERATOR) == 1
    assert carried(either, bad) == 1 and set(bad.keys) == {rows(either, Delivery)[0].id.hex}
    assert rows(either, Delivery)[0].state == 'sent'


def test_what_the_other_side_will_never_take_is_not_tried_again(reached: Engine) -> None:
    waiting(reached)
    carried(reached, Channel(Undelivered('没有这个地址', again=False)))
    assert rows(reached, Delivery)[0].state == 'failed'


def test_the_other_side_may_ask_for_more_time(reached: Engine) -> None:
    waiting(reached)
    carried(reached, Channel(Undelivered('网关答429', line=True, after=7200)))
    with db.reading(reached) as session:
        assert outbox.lines(session)['mail'].try_at > clock.utcnow() + timedelta(hours=1)
    assert rows(reached, Delivery)[0].next_at > clock.utcnow() + timedelta(hours=1)


def test_a_server_that_is_gone_costs_no_letter_a_try_and_is_not_knocked_at_for_each(reached: Engine) -> None:
    reach(reached, 'gz-office-officer', address='officer@office.gov.cn')
    waiting(reached)
    worker.advance(reached, TENANT, moment('2020-05-13 10:00'), SYSTEM)     # now something waits for both
    gone = Channel(*[Undelivered('连不上', counted=False, line=True)] * 9)
    assert carried(reached, gone) == 0 and len(gone.keys) == 1
    assert {row.tries for row in rows(reached, Delivery)} == {0}
    with db.writing(reached) as session:
        line = outbox.lines(session)['mail']
        assert line.down_since is not None and line.error == '连不上'
        line.try_at = clock.utcnow()
    well = Channel()
    assert carried(reached, well) == len(rows(reached, Delivery)) > 1
    with db.reading(reached) as session:
        line = outbox.lines(session)['mail']
        assert line.down_since is None and line.sent_at is not None


def test_a_try_under_way_belongs_to_one_courier(either: Engine) -> None:
    waiting(either)
    inner = Channel()

    class Busy(Channel):
        def send(self, letter: Letter, address: str) -> None:
            assert carried(either, inner) == 0
            super().send(letter, address)
    assert carried(either, Busy()) == 1 and inner.keys == []


def test_the_courier_works_beside_whatever_else_the_worker_does(reached: Engine) -> None:
    waiting(reached)
    arrived = threading.Event()

    class Listening(Channel):
        def send(self, letter: Letter, address: str) -> None:
            arrived.set()
            super().send(letter, address)
    with Courier(reached, settings(DEMO_SENDS='yes'), {'mail': Listening(RuntimeError('a fault of ours'))}):
        assert arrived.wait(30)
    assert rows(reached, Delivery)[0].error == 'RuntimeError: a fault of ours'


def test_who_stops_the_letters_gets_none_that_was_under_way(either: Engine) -> None:
    waiting(either)
    carried(either, Channel(Undelivered('网关答500')))
    with db.writing(either) as session:
        contact.stop(session, session.scalars(select(contact.Contact)).one().stop_key)
    again(either)
    after = Channel()
    assert carried(either, after) == 0 and after.keys == []
    assert rows(either, Delivery)[0].state == 'discarded' and rows(either, contact.Contact) == []


def test_an_account_that_is_closed_hears_nothing_more(reached: Engine) -> None:
    waiting(reached)
    with db.writing(reached) as session:
        session.execute(update(Account).where(Account.login == LIAISON).values(active=False))
    assert carried(reached, Channel()) == 0 and rows(reached, Entry) == []


def test_the_same_letter_goes_to_a_gateway(reached: Engine) -> None:
    reach(reached, LIAISON, 'gateway', '13800000000')
    gateway = Gateway()
    try:
        waiting(reached)
        gateway.answer = says(200)
        assert sent(reached, gateway_settings(gateway)) == 1
    finally:
        gateway.close()
    headers, body = gateway.got[0]
    assert body['phone'] == '13800000000' and body['text'].startswith('督办新的待办：')
    assert {row.channel: row.state for row in rows(reached, Delivery)} == {'mail': 'waiting', 'gateway': 'sent'}


@pytest.mark.parametrize('sent_first', [True, False], ids=['after sending', 'before sending'])
def test_a_courier_that_is_killed_loses_no_letter(office: Engine, url: str, sent_first: bool) -> None:
    reach(office, LIAISON, 'gateway', '13800000000')
    waiting(office)
    office.dispose()                                                       # nobody inherits an open connection
    gateway = Gateway()
    try:
        given = gateway_settings(gateway)
        killed = born(url, lambda engine: _dying(engine, given, sent_first))
        killed.join()
        assert killed.exitcode == DIED and len(gateway.got) == sent_first
        assert sent(office, given) == 0, 'lent for a while'
        again(office)
        assert sent(office, given) == 1
    finally:
        gateway.close()
    assert len({headers['Idempotency-Key'] for headers, _ in gateway.got}) == 1
    assert [row.state for row in rows(office, Delivery)] == ['sent']


def _dying(engine: Engine, given: dict, sent_first: bool) -> None:
    through = channel.opened(given)['gateway']

    class Fatal(Channel):
        def send(self, letter: Letter, address: str) -> None:
            if sent_first:
                through.send(letter, address)
            os._exit(DIED)
    Courier(engine, given, {'gateway': Fatal()}).drain()


def test_the_trail_says_that_a_contact_changed_not_to_what(reached: Engine) -> None:
    with db.reading(reached) as session:
        told = [(event.summary, event.data) for event in session.scalars(
            select(Event).where(Event.kind == 'contact.changed').order_by(Event.seq))]
    assert [summary for summary, _ in told] == ['填了接收提醒的地址', '验证了接收提醒的地址']
    assert not any(ADDRESS in summary + data for summary, data in told)


def test_the_lease_is_longer_than_any_try() -> None:
    assert LEASE > timedelta(seconds=4 * 60)
