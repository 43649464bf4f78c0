"""故障: where it stands, what it read, and going on after the fix."""
from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from engine import db, history, incident
from engine.errors import Broken
from engine.incident import Incident
from engine.instance import Instance
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of, handled

Browse = Callable[[str], Browser]


@pytest.fixture
def failed(app: Flask) -> int:
    """A timer of a matter that could not fire, as the worker writes it down."""
    matter_id = handled(app)
    with db.reading(engine_of(app)) as session:
        key = session.scalars(select(Instance.id).where(Instance.matter_id == matter_id,
                                                        Instance.process == 'escalation')).one()
    broken = Broken('决策表“督办级别”没有一行适用', element='level_1', name='督办', expression='param("level_4")',
                    values={'notice_level': 4}, advice='给决策表补一行')
    return incident.open_(engine_of(app), broken, tenant_id='gz', verb='fire', instance_id=key)


def test_the_list_names_what_failed_and_where(failed: int, browse: Browse) -> None:
    page = browse('gz-office-operator').get('/incident')
    assert page.texts('//tbody/tr/th') == ['决策表“督办级别”没有一行适用'] and 'DB-2020-001' in page.text
    assert '建立健全重点企业和项目库' not in page.text
    assert '有1件故障等着处理' in browse('gz-office-operator').get('/health').text


def test_one_failure_has_all_that_mending_needs(failed: int, browse: Browse) -> None:
    page = browse('gz-office-operator').get(f'/incident/{failed}')
    assert '怎么办：给决策表补一行' in page.text and 'param("level_4")' in page.text and 'notice_level = 4' in page.text
    figure = page.one('//div[@class="diagram"]')
    assert figure.get('data-xml').endswith('/escalation.xml') and '"level_1"' in figure.get('data-walk')


@pytest.mark.parametrize('where', ['instance', 'nowhere'])
def test_a_failure_that_belongs_to_no_matter_is_drawn_too(app: Flask, failed: int, browse: Browse, where: str) -> None:
    with db.writing(engine_of(app)) as session:
        row = session.get(Incident, failed)
        row.matter_id = None
        row.instance_id = row.instance_id if where == 'instance' else None
    page = browse('gz-office-operator').get(f'/incident/{failed}')
    assert '怎么办：给决策表补一行' in page.text and '作废这条流程' not in page.text, 'its instance belongs to one'
    assert page.one('//div[@class="diagram"]').get('data-xml').endswith('/escalation.xml')


def test_what_cannot_be_mended_and_belongs_to_no_matter_is_ended(app: Flask, browse: Browse) -> None:
    officer, operator = browse('gz-office-officer'), browse('gz-office-operator')
    officer.get('/document')
    officer.submit(press='起草通报')
    with db.reading(engine_of(app)) as session:
        key = session.scalars(select(Instance.id).where(Instance.process == 'bulletin')).one()
    number = incident.open_(engine_of(app), Broken('脚本出错'), tenant_id='gz', verb='complete', instance_id=key)
    operator.get(f'/incident/{number}')
    assert '理由' in operator.submit({'reason': ''}, press='作废这条流程').text
    page = operator.submit({'reason': '图改过了，重新起草'}, press='作废这条流程')
    assert '已作废' in page.text and '已处理' in page.text
    assert '拟通报' not in officer.get('/tasks').text
    with db.reading(engine_of(app)) as session:
        assert session.get(Instance, key).status == 'cancelled' and history.verify(session).whole


def test_who_is_killed_meanwhile_ends_the_process_and_its_failure_or_neither(app: Flask, browse: Browse) -> None:
    engine, officer, operator = engine_of(app), browse('gz-office-officer'), browse('gz-office-operator')
    officer.get('/document')
    officer.submit(press='起草通报')
    with db.reading(engine) as session:
        key = session.scalars(select(Instance.id).where(Instance.process == 'bulletin')).one()
    number = incident.open_(engine, Broken('脚本出错'), tenant_id='gz', verb='complete', instance_id=key)
    token = operator.get(f'/incident/{number}').all('//input[@name="csrf_token"]/@value')[0]
    for last in count(1):
        status = dying(engine, last, lambda: operator.client.post(
            f'/incident/{number}/stop', data={'csrf_token': token, 'reason': '重新起草'}).status_code)
        with db.reading(engine) as session:
            found = session.get(Instance, key).status, session.get(Incident, number).state
        if status == 303:
            break
        assert found == ('running', 'open'), f'half-done before statement {last}'
    assert found == ('cancelled', 'resolved') and last > 5


def dying(engine: Engine, last: int, work: Callable[[], int]) -> int:
    """What comes of it when the program dies at one of its statements."""
    counted = count(1)

    def die(*_: object) -> None:
        if next(counted) == last:
            raise RuntimeError('killed')
    event.listen(engine, 'before_cursor_execute', die)
    try:
        return work()
    finally:
        event.remove(engine, 'before_cursor_execute', die)


def test_it_goes_on_after_the_fix(app: Flask, failed: int, browse: Browse) -> None:
    operator = browse('gz-office-operator')
    operator.get(f'/incident/{failed}')
    page = operator.submit(press='改好了，再试一次')
    assert '定时任务已重新执行' in page.text and '已处理' in page.text and not page.all('//main//form')
    assert '没有故障' in operator.get('/incident').text
    assert '决策表“督办级别”没有一行适用' in operator.get('/incident?state=resolved').text
    operator.post(f'/incident/{failed}/retry', status=422)


def test_a_second_failure_is_told(failed: int, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fire(*_given: object) -> None:
        raise Broken('决策表“督办级别”没有一行适用')
    monkeypatch.setattr('engine.instance.fire', fire)
    operator = browse('gz-office-operator')
    operator.get(f'/incident/{failed}')
    page = operator.submit(press='改好了，再试一次')
    assert '又失败了' in page.text and '试过2次' in page.text


def test_who_may_see_and_mend(app: Flask, failed: int, browse: Browse) -> None:
    owner = browse('gz-office-owner')
    assert not owner.get(f'/incident/{failed}').all('//main//form')
    owner.post(f'/incident/{failed}/retry', status=403)
    browse('gz-office-officer').get('/incident', status=403)
    browse('cz-office-operator').get(f'/incident/{failed}', status=404)
    with db.writing(engine_of(app)) as session:
        session.add(Incident(tenant='gz', cause='没有发布流程', values={}, verb='start',
                             opened_at=session.get(Incident, failed).opened_at))
    assert '不属于事项' in owner.get('/incident').text
