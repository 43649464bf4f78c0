"""迁移: two versions, every matter checked, renamed elements mapped by hand, progress, the way back."""
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from engine import actions, db, deployment, worker
from engine.deployment import Deployment
from engine.ledger import FACTS, Matter
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW
from tests.webapp.matters import answer, engine_of, handled, register, row
from tests.workflows.story import bundle_files

Browse = Callable[[str], Browser]
PLAN = '/migration/plan?from=1&to=2'


@pytest.fixture
def second(app: Flask) -> None:
    """A second version in which 签收 has another id."""
    files = bundle_files()
    matter = files['matter.bpmn'].decode()
    for name in ('id', 'sourceRef', 'targetRef', 'attachedToRef', 'bpmnElement'):
        matter = matter.replace(f'{name}="sign"', f'{name}="receive"')
    files['matter.bpmn'] = matter.replace('>sign<', '>receive<').encode()
    deploy(app, files)


def deploy(app: Flask, files: dict[str, bytes]) -> None:
    """Make these files the version in use."""
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        deployment.deploy(session, 'gz', files, '流程管理员', '签收改了编号', NOW, topics, FACTS)


@pytest.fixture
def owner(browse: Browse) -> Browser:
    return browse('gz-office-owner')


def version(app: Flask, matter_id: UUID) -> int:
    with db.reading(engine_of(app)) as session:
        return session.get(Deployment, session.get(Matter, matter_id).deployment_id).number


def test_from_choosing_to_going_and_back(app: Flask, owner: Browser, second: None) -> None:
    with db.writing(engine_of(app)) as session:                       # both begin on the first version
        session.execute(update(Deployment).where(Deployment.number == 2).values(number=0))
    waits, works = register(app), handled(app)
    with db.writing(engine_of(app)) as session:
        session.execute(update(Deployment).where(Deployment.number == 0).values(number=2))
    page = owner.get('/migration')
    assert page.texts('//select[@id="from"]/option') == ['第1版，在办2件']
    page = owner.get(PLAN)
    assert '可以移1件' in page.text and '要先对应元素1件' in page.text and '“签收”' in page.text
    assert page.texts('//label[starts-with(@for, "m")]') == ['签收'] and len(page.all('//div[@class="diagram"]')) == 2
    assert 'map.matter/sign' in page.all('//select/@name')
    page = owner.get(f'{PLAN}&map.matter/sign=receive')
    assert '可以移2件' in page.text and '原地接着走' in page.text
    refused = owner.submit({'reason': ' '}, press='移2件', status=422)
    assert refused.texts('//p[@class="err"]') == ['写一句为什么移，例如文号。'] and '可以移2件' in refused.text
    page = owner.submit({'reason': '黔府办发〔2020〕9号'}, press='移2件')
    assert '0 / 2 件' in page.text and '看最新进度' in page.text
    assert owner.submit({'why': ''}, press='停下，不再移', status=422).texts('//p[@class="err"]') == ['写一句为什么停下。']
    worker.drain(engine_of(app))
    page = owner.get(page.path)
    assert '2 / 2 件' in page.text and '移过去了2件' in page.text and version(app, waits) == version(app, works) == 2
    with db.reading(engine_of(app)) as session:
        assert 'receive' in {task.element for task in session.query(UserTask).filter_by(matter_id=waits, state='open')}
    answer(app, waits, 'receive', 'liaison')
    owner.submit({'reason': ''}, press='撤回这一批', status=422)
    page = owner.submit({'reason': '移错了'}, press='撤回这一批')
    worker.drain(engine_of(app))
    page = owner.get(page.path)
    assert '已经往前走了，不能撤回' in page.text and '撤回了1件' in page.text
    assert (version(app, waits), version(app, works)) == (2, 1)
    told = owner.get(f'/matter/{waits}').text
    assert '从第1版移到第2版：黔府办发〔2020〕9号' in told and 'matter/sign → receive' in told
    trace = owner.get(f'/matter/{waits}/trace').text
    assert '事项全生命周期（第1版，移走以前）' in trace and '事项全生命周期（在走）' in trace
    assert '2件事项从第1版移到第2版' in owner.get('/trace').text
    assert '第1批：第1版移到第2版' in owner.get('/migration').text


def test_what_was_typed_into_a_field_that_is_gone_is_shown_once_more(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    answer(app, register(app), 'sign', 'liaison')
    plan = liaison.get(liaison.get('/tasks').one('//li[@data-task]//div/a/@href')).path
    liaison.submit({'consult_note': '和司法厅会商过三次'}, form='//form[@id="task"]', press='保存草稿')
    assert '和司法厅会商过三次' not in liaison.page.texts('//*[@class="note warn"]')
    files = bundle_files()
    files['plan.form'] = files['plan.form'].replace(b'"consult_note"', b'"consult_words"')
    deploy(app, files)
    owner = browse('gz-office-owner')
    owner.get(PLAN)
    owner.submit({'reason': '黔府办发〔2020〕9号'}, press='移1件')
    worker.drain(engine_of(app))
    said = '这张表里没有这几项了。填过的还要用，请抄到别的项里：和司法厅会商过三次'
    assert liaison.get(plan).texts('//*[@class="note warn"]') == [said]
    page = liaison.post(plan, {'deploy_note': '已研究', 'consult_note': '会商过四次'}, status=422)
    assert '会商过四次' in page.texts('//*[@class="note warn"]')[0], 'a tab of before'


def test_which_matters_are_meant(app: Flask, owner: Browser, second: None) -> None:
    with db.writing(engine_of(app)) as session:
        session.execute(update(Deployment).where(Deployment.number == 2).values(number=0))
    key = handled(app)
    with db.writing(engine_of(app)) as session:
        session.execute(update(Deployment).where(Deployment.number == 0).values(number=2))
    code = row(app, key).code
    assert code in owner.get(f'{PLAN}&code={code}').text
    for asked in ('unit=sft', 'stage=签收', 'code=DB-2020-009'):
        assert '没有符合条件的事项' in owner.get(f'{PLAN}&{asked}').text
    assert '要选两个不同的版本' in owner.get('/migration/plan?from=2&to=2').text
    assert '不能对应到' in owner.get(f'{PLAN}&map.matter/sign=plan_x', status=422).text


def test_who_may(browse: Browse, owner: Browser) -> None:
    officer = browse('gz-office-officer')
    officer.get('/migration', status=403)
    officer.get('/ledger')
    officer.post('/migration', {'from': '1', 'to': '1'}, status=403)
    operator = browse('gz-office-operator')
    assert '还没有移过' in operator.get('/migration').text
    owner.get('/migration/7', status=404)
