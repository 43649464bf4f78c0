"""The trace: every event in words, the way on each diagram, the seal; looking and taking away are recorded."""
import hashlib
from collections.abc import Callable
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from engine import db, history, instance
from engine.history import Kind, digest
from engine.instance import Instance
from tests.webapp.browser import Browser
from tests.webapp.matters import POSTS, advance, answer, engine_of, handled, register, row

Browse = Callable[[str], Browser]


@pytest.fixture
def trace(app: Flask) -> str:
    """The address of the trace of a matter that the lead unit works on."""
    return f'/matter/{handled(app)}/trace'


def events(app: Flask, trace: str) -> list[history.Event]:
    with db.reading(engine_of(app)) as session:
        return history.events(session, trace.split('/')[2])


def tamper(app: Flask, *statements: str) -> None:
    """What somebody with the database in his hands could do: take the triggers away, then change a row."""
    with db.writing(engine_of(app)) as session:
        kind = session.get_bind().dialect.name
        guards = ('event_no_update', 'event_no_delete') if kind == 'sqlite' else ('event_no_change ON event',)
        for statement in (*(f'DROP TRIGGER {guard}' for guard in guards), *statements):
            session.connection().exec_driver_sql(statement)


def test_every_event_says_who_when_what_and_where(app: Flask, trace: str, browse: Browse) -> None:
    auditor = browse('gz-office-auditor')
    page = auditor.get(trace)
    first = ' '.join(page.all('//ol[@class="trail"]/li')[0].text_content().split())
    assert '2020-09-27 周日 09:10' in first and '第1条' in first and '省政府办公厅·督查员' in first and '第1版' in first
    assert len(page.all('//ol[@class="trail"]/li')) == 15
    changed = auditor.get(f'{trace}?kind=fact').text
    assert '办结时限：由 未填 改为 2020-10-30 周五' in changed and '牵头单位：由 未填 改为 省发展改革委' in changed
    assert '查决策表：' in changed and '依据：' in changed
    assert '第3行：事项另定周期=否 且 类别=重要 → ' in changed
    assert '定时：到期前3个工作日' in auditor.get(f'{trace}?kind=time').text
    assert '走过：印发立项通知' in auditor.get(f'{trace}?kind=flow').text
    assert '任务：建库' in auditor.get(f'{trace}?kind=work&who=省发展改革委·联络员').text
    assert '没有符合条件的记录' in auditor.get(f'{trace}?kind=fault').text


def test_the_seal_stands_on_a_whole_chain(app: Flask, trace: str, browse: Browse) -> None:
    page = browse('gz-office-auditor').get(trace)
    last = events(app, trace)[-1]
    assert page.one('//div[@class="seal"]').text == '轨迹完整'
    assert f'{last.seq}条记录首尾相接' in page.text and '校验时间 2020年9月27日 周日 09:10' in page.text
    shown = page.texts('//section[.//div[@class="seal"]]//p[@class="hash"]')[0].replace(' ', '')
    assert shown == f'{last.alg.upper()}{last.hash.hex()}'


def test_the_seal_breaks_where_somebody_altered_a_word(app: Flask, trace: str, browse: Browse) -> None:
    key = trace.split('/')[2]
    tamper(app, f"UPDATE event SET actor = '省司法厅·联络员' WHERE chain = '{key}' AND seq = 7")
    page = browse('gz-office-officer').get(trace)
    assert page.one('//div[@class="seal broken"]').text == '轨迹有改' and '第7条的内容被改过' in page.text


def test_the_seal_breaks_where_the_end_was_cut_off(app: Flask, trace: str, browse: Browse) -> None:
    key, last = trace.split('/')[2], events(app, trace)[-1].seq
    tamper(app, f"DELETE FROM event WHERE chain = '{key}' AND seq = {last}")
    assert '不符' in browse('gz-office-officer').get(trace).text


def test_an_auditors_look_is_recorded_once(app: Flask, trace: str, browse: Browse) -> None:
    before = len(events(app, trace))
    auditor = browse('gz-office-auditor')
    for _ in range(3):
        auditor.get(trace)
    auditor.get(f'{trace}?page=2')
    browse('gz-office-officer').get(trace)
    found = events(app, trace)
    assert len(found) == before + 1 and found[-1].kind == Kind.PAGE_VIEWED and found[-1].actor == '省政府办公厅·审计员'


def test_what_is_taken_away_can_be_verified_without_us(app: Flask, trace: str, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get(trace)
    answered = officer.submit(form='//main//form[@method="post"]').answer
    assert answered.mimetype == 'application/x-ndjson'
    assert 'attachment' in answered.headers['Content-Disposition']
    lines = [orjson.loads(line) for line in answered.data.splitlines()]
    assert lines[-1]['kind'] == Kind.LEDGER_EXPORTED and lines[-1]['actor'] == '省政府办公厅·督查员'
    assert [line['seq'] for line in lines] == list(range(1, len(lines) + 1))
    for before, line in zip([{'hash': '00' * 32}, *lines], lines):
        assert line['prev'] == before['hash']
    assert hashlib.new(lines[0]['alg']).digest_size == 32
    stored = events(app, trace)[-1]
    columns = {column.name: getattr(stored, column.name) for column in stored.__table__.columns}
    assert digest(columns).hex() == lines[-1]['hash']


def test_each_process_has_its_picture_with_its_way(app: Flask, trace: str, browse: Browse) -> None:
    advance(app, 2020, 11, 3)
    auditor = browse('gz-office-auditor')
    page = auditor.get(trace)
    names = page.texts('//nav[@aria-label="这件事的各张流程图"]//a')
    assert names == ['事项全生命周期（在走）', '期限看护与逐级督办（在走）', '进展报告（在走）', '拟制、审定、下发通知（在走）']
    page = auditor.get(page.all('//nav[@aria-label="这件事的各张流程图"]//a/@href')[1].split('#')[0])
    walk = orjson.loads(page.one('//div[@class="diagram"]').get('data-walk'))
    assert walk['now'] == ['level_1'] and walk['nodes']['overdue'] == 1
    assert 'next_level__level_1' in walk['flows']
    assert page.one('//div[@class="diagram"]').get('data-xml').endswith('/escalation.xml')


def test_pictures_of_one_process_are_told_apart(app: Flask, trace: str, browse: Browse) -> None:
    matter_id = UUID(trace.split('/')[2])
    for _ in range(2):
        with db.writing(engine_of(app)) as session:                    # the one before is over
            session.execute(update(Instance).where(Instance.process == 'extension').values(status='done'))
        db.carry_out(engine_of(app), lambda session: instance.start(
            session, 'gz', 'extension', POSTS['liaison'], matter_id=matter_id))
    auditor = browse('gz-office-auditor')

    def extensions() -> list[str]:
        tabs = auditor.get(trace).texts('//nav[@aria-label="这件事的各张流程图"]//a')
        return [tab.partition('（')[0] for tab in tabs if '延期' in tab]
    assert extensions() == ['延期申请 · 第1个', '延期申请 · 第2个']
    with db.writing(engine_of(app)) as session:
        first, second = session.scalars(select(Instance).where(
            Instance.matter_id == matter_id, Instance.process == 'extension').order_by(Instance.started_at))
        first.token, second.business_key = {'unit': 'sft'}, '延期-2'
    assert sorted(extensions()) == ['延期申请 · 延期-2', '延期申请 · 省司法厅']


def test_a_round_walked_twice_counts_two(app: Flask, browse: Browse) -> None:
    matter_id = register(app, has_basis=False)
    answer(app, matter_id, 'approve', 'principal', approval='returned', opinion='补充依据后再报。')
    page = browse('gz-office-officer').get(f'/matter/{matter_id}/trace')
    walk = orjson.loads(page.one('//div[@class="diagram"]').get('data-walk'))
    assert walk['nodes']['approve'] == 1 and walk['now'] == ['register']
    assert 'approved__register' in walk['flows']


def test_units_see_the_trace_of_their_matters_only(trace: str, browse: Browse) -> None:
    browse('gz-fgw-liaison').get(trace)
    browse('gz-sft-liaison').get(trace, status=404)
    browse('gz-office-operator').get(trace, status=403)


def test_the_common_chain_tells_sign_ins_and_settings(app: Flask, browser: Browser, browse: Browse) -> None:
    from tests.webapp.conftest import PASSWORD
    browser.get('/sign-in')
    browser.submit({'username': 'gz-fgw-liaison', 'password': PASSWORD})
    auditor = browse('gz-office-auditor')
    page = auditor.get('/trace')
    assert '登录 省发展改革委·联络员' in page.text and '还没有校验过全部轨迹' in page.text
    assert '登录' in auditor.get('/trace?kind=session').text
    assert '没有符合条件的记录' in auditor.get('/trace?kind=rule').text
    browse('gz-fgw-liaison').get('/trace', status=403)


def test_a_long_common_chain_is_verified_on_demand_only(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('webapp.history.MOST_AT_ONCE', -1)
    page = browse('gz-office-auditor').get('/trace')
    assert not page.all('//div[contains(@class, "seal")]') and '校验全部轨迹' in page.text


def test_a_choice_is_told_by_its_label(app: Flask, trace: str, browse: Browse) -> None:
    matter_id = UUID(trace.split('/')[2])
    db.carry_out(engine_of(app), lambda session: instance.start(session, 'gz', 'extension', POSTS['liaison'],
                                                                matter_id=matter_id))
    answer(app, matter_id, 'apply', 'liaison', extension_go='apply', new_due_at='2020-11-30', reason='县级数据迟报，需要补报核对。',
           progress_percent=60, progress_note='省市两级已建成。')
    answer(app, matter_id, 'chief_review', 'chief', chief_agrees=False, chief_opinion='再抓紧办，先不报。')
    page = browse('gz-office-officer').get(f'/matter/{matter_id}')
    assert page.texts('//ol[@class="trail"]/li[@class="warn"]//b')[0].startswith('单位负责人审核：不同意上报')


def test_a_choice_that_is_offered_at_times_is_told_by_its_label(app: Flask, trace: str, browse: Browse) -> None:
    """退回补充 is offered until the last moment for requests."""
    matter_id = UUID(trace.split('/')[2])
    db.carry_out(engine_of(app), lambda session: instance.start(session, 'gz', 'extension', POSTS['liaison'],
                                                                matter_id=matter_id))
    answer(app, matter_id, 'apply', 'liaison', extension_go='apply', new_due_at='2020-11-30', reason='县级数据迟报，需要补报核对。',
           progress_percent=60, progress_note='省市两级已建成。')
    answer(app, matter_id, 'chief_review', 'chief', chief_agrees=True)
    answer(app, matter_id, 'office_review', 'officer', new_due_at='2020-11-30', office_opinion='请附清单。', office_suggests='return')
    page = browse('gz-office-officer').get(f'/matter/{matter_id}')
    assert '初审，拟批复意见：退回补充' in ''.join(page.texts('//ol[@class="trail"]//b'))


def test_all_chains_are_verified_on_demand(app: Flask, trace: str, browse: Browse,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = browse('gz-office-auditor')
    auditor.get('/trace')
    assert '记录都完整' in auditor.submit(press='校验全部轨迹').text
    tamper(app, f"UPDATE event SET summary = '改过' WHERE chain = '{trace.split('/')[2]}' AND seq = 2")
    assert '有改动' in auditor.submit(press='校验全部轨迹').text
    monkeypatch.setattr('webapp.history.MOST_VERIFIED', 3)
    assert 'duban verify' in auditor.submit(press='校验全部轨迹', status=422).text


def test_no_verb_of_the_web_can_alter_the_trail(app: Flask, trace: str) -> None:
    with engine_of(app).connect() as connection, pytest.raises(Exception, match='只能追加'):
        connection.execute(text('DELETE FROM event'))
    assert row(app, UUID(trace.split('/')[2])).head_seq == len(events(app, trace))
