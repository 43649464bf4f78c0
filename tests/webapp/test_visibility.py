"""Who sees what: own unit, subtree, supervised matters, the whole government, by post, as the table says."""
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from engine import actions, db, deployment, directory
from engine.directory import Unit
from engine.ledger import FACTS, Matter
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, ROOT
from tests.webapp.matters import engine_of, register

Browse = Callable[[str], Browser]


@pytest.fixture
def matters(app: Flask) -> dict[str, UUID]:
    """One that fgw leads and sft shares, one that sft leads."""
    return {'fgw': register(app, title='发改委的事项', co_units=['sft'], co_duty='配合做好分内的工作', co_due_at='2020-10-20'),
            'sft': register(app, title='司法厅的事项', lead_unit='sft')}


def sees(browser: Browser) -> set[str]:
    return {name for name in ('发改委', '司法厅') if f'{name}的事项' in browser.get('/ledger').text}


def kind(app: Flask, unit: str, **values: object) -> None:
    with db.writing(engine_of(app)) as session:
        session.execute(update(Unit).where(Unit.tenant == 'gz', Unit.code == unit).values(**values))
        directory.changed(session, 'gz')


def test_a_unit_sees_what_it_leads_or_shares(matters: dict[str, UUID], browse: Browse) -> None:
    assert sees(browse('gz-fgw-liaison')) == {'发改委'} and sees(browse('gz-sft-chief')) == {'发改委', '司法厅'}
    browse('gz-fgw-liaison').get(f'/matter/{matters["sft"]}', status=404)


def test_a_unit_sees_what_is_below_it(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    kind(app, 'sft', parent='fgw')
    assert sees(browse('gz-fgw-liaison')) == {'发改委', '司法厅'}
    browse('gz-fgw-liaison').get(f'/matter/{matters["sft"]}')


def test_a_section_sees_what_it_supervises(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    """P03-01 A05"""
    kind(app, 'office', kind='秘书科室')
    with db.writing(engine_of(app)) as session:
        session.execute(update(Matter).where(Matter.id == matters['sft']).values(supervisor_unit='gov'))
        session.execute(update(Matter).where(Matter.id == matters['fgw']).values(supervisor_unit='office'))
    assert sees(browse('gz-office-head')) == {'发改委'} and sees(browse('gz-office-auditor')) == {'发改委', '司法厅'}
    browse('gz-office-head').get(f'/matter/{matters["sft"]}', status=404)
    assert browse('gz-office-officer').get(f'/matter/{matters["sft"]}').h1 == '司法厅的事项', 'it registered it itself'


@pytest.mark.parametrize(('scope', 'seen'), [
    ('tenant', {'发改委', '司法厅'}), ('own', {'发改委'}), ('supervised', set()), ('', set())])
def test_the_table_of_the_government_decides(app: Flask, matters: dict[str, UUID], browse: Browse, scope: str,
                                             seen: set[str]) -> None:
    files = {path.name: path.read_bytes() for folder in ('workflows', 'forms') for path in (ROOT / folder).iterdir()
             if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')}
    files['visibility.dmn'] = files['visibility.dmn'].replace(b'"subtree"</text>', f'"{scope}"</text>'.encode())
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        deployment.deploy(session, 'gz', files, '系统', '', NOW, topics, FACTS)
    assert sees(browse('gz-fgw-liaison')) == seen
    browse('gz-fgw-liaison').get(f'/matter/{matters["fgw"]}')          # it has a task there


def test_lists_and_counts_agree_for_whoever_looks(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    """Led, shared and supervised at once: nothing is counted twice."""
    kind(app, 'office', kind='秘书科室')
    with db.writing(engine_of(app)) as session:
        session.execute(update(Matter).values(supervisor_unit='office', lead_unit='office'))
    page = browse('gz-office-head').get('/ledger')
    assert len([row for row in page.all('//main//a/@href') if row.startswith('/matter/')]) == len(set(
        row for row in page.all('//main//a/@href') if row.startswith('/matter/'))) == 2
