"""导出: the 台账 as Excel with its lamps, a matter's dossier as PDF; long ones made beside and fetched later."""
import errno
import subprocess
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import insert, select, update

from engine import clock, db, export, history, ledger
from engine.errors import said
from engine.export import Export
from engine.ledger import Matter
from tests.webapp.browser import Browser, Page
from tests.webapp.matters import advance, engine_of, handled, register
from webapp import export as room
from webapp import exporting

Browse = Callable[[str], Browser]


def sheet(content: bytes) -> Worksheet:
    """The sheet of a workbook."""
    return load_workbook(BytesIO(content)).active


def taken(browser: Browser, query: str = '') -> bytes:
    """The exported 台账."""
    token = browser.get('/ledger').all('//input[@name="csrf_token"]/@value')[0]
    with browser.client.post(f'/export/ledger{query}', data={'csrf_token': token}) as answer:
        assert answer.status_code == 200, answer.status
        return answer.data


def fetched(browser: Browser, path: str) -> bytes:
    """A file that is given out."""
    with browser.client.get(path) as answer:
        assert answer.status_code == 200 and answer.headers['Content-Disposition'].startswith('attachment')
        return answer.data


def press(browser: Browser, path: str, button: str, status: int = 200) -> Page:
    """What the button of a page leads to."""
    browser.get(path)
    return browser.submit(press=button, status=status)


def last(app: Flask) -> Export:
    """The export that was begun last."""
    with db.reading(engine_of(app)) as session:
        return session.scalars(select(Export).order_by(Export.id.desc())).first()


@pytest.fixture
def long(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is exported counts as long."""
    monkeypatch.setattr(room, 'AT_ONCE', 0)


def test_the_ledger_is_exported_as_it_is_filtered_with_lamps_dates_and_numbers(app: Flask, browse: Browse) -> None:
    handled(app)
    register(app, title='整治窗口服务', lead_unit='sft', due_at='2020-12-31')
    advance(app, 2020, 11, 3)
    officer = browse('gz-office-officer')
    page = sheet(taken(officer))
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][:3] == ['亮灯', '编号', '事项'] and page.freeze_panes == 'A2' and page.auto_filter.ref
    assert [row[0] for row in rows[1:]] == ['红灯', '绿灯'] and [row[2] for row in rows[1:]] == ['建立健全重点企业和项目库', '整治窗口服务']
    lamp, due = page['A2'], page.cell(2, 1 + rows[0].index('办结时限'))
    assert lamp.fill.fgColor.rgb == 'FFF9DEDA' and due.value == datetime(2020, 10, 30) and due.is_date
    issued = sheet(taken(officer, '?unit=fgw&col=registered&col=issued'))
    assert [cell.value for cell in issued[2]][1:] == [datetime(2020, 9, 27)] * 2, 'days that can be compared'
    rows = [[cell.value for cell in row] for row in sheet(taken(officer, '?unit=sft&col=points&col=leader')).iter_rows()]
    assert rows == [['事项', '交办领导', '累计扣分'], ['整治窗口服务', '省政府·主要领导', 0]]


def test_a_title_that_looks_like_a_formula_stays_a_text(app: Flask, browse: Browse) -> None:
    register(app, title='=HYPERLINK("http://evil","点这里")')
    cell = sheet(taken(browse('gz-office-officer')))['C2']
    assert cell.data_type == 's' and not str(cell.value).startswith('=')


def test_a_unit_exports_what_it_sees_and_the_operator_no_business(app: Flask, browse: Browse) -> None:
    handled(app)
    assert sheet(taken(browse('gz-sft-liaison'))).max_row == 1
    heads, row = ([cell.value for cell in cells] for cells in sheet(taken(browse('gz-office-operator'), '?col=requirement')))
    assert '目标要求' not in heads and '建立健全重点企业和项目库' not in row
    assert row[heads.index('事项')].startswith('DB-')


def test_every_export_is_on_the_trail(app: Flask, browse: Browse) -> None:
    handled(app)
    taken(browse('gz-office-officer'), '?status=all&q=项目&page=2')
    with db.reading(engine_of(app)) as session:
        told, = history.events(session, 'tenant:gz', kinds=['ledger.exported'])
    assert '省政府办公厅·督查员' == told.actor and 'status=all' in told.data and 'page' not in told.data


def test_a_long_export_is_made_beside_and_fetched_later(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    officer = browse('gz-office-officer')
    page = press(officer, '/ledger', '导出Excel')
    assert '马上开始' in page.text and page.all('//progress')
    exporting.carry_out(app, last(app).id)
    assert officer.client.get(f'{page.path}/progress').json == {'done': 0, 'total': 1, 'ended': True}
    page = officer.get(officer.get('/export').one('//tbody//th/a/@href'))
    assert sheet(fetched(officer, page.one('//main//a[contains(., "下载")]/@href'))).max_row == 2


def test_only_who_asked_may_fetch_it_and_not_for_ever(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    officer = browse('gz-office-officer')
    press(officer, '/ledger', '导出Excel')
    key = last(app).id
    exporting.carry_out(app, key)
    browse('gz-office-head').get(f'/export/{key}/file', status=404)
    browse('cz-office-officer').get(f'/export/{key}', status=404)
    with db.writing(engine_of(app)) as session:
        session.execute(update(Export).values(begun_at=clock.utcnow() - export.KEPT - timedelta(minutes=1)))
    with app.app_context():
        file = export.place(exporting.folder(), key)
    assert file.is_file()
    officer.get(f'/export/{key}/file', status=404)
    press(officer, '/ledger', '导出Excel')
    officer.get(f'/export/{key}/file', status=404)
    assert not file.exists()


def test_a_cancelled_export_leaves_no_file(app: Flask, browse: Browse, long: None, monkeypatch: pytest.MonkeyPatch) -> None:
    handled(app)
    officer = browse('gz-office-officer')
    press(officer, '/ledger', '导出Excel')
    key = last(app).id
    assert '已取消' in officer.submit(press='取消导出').text
    exporting.carry_out(app, key)
    assert last(app).state == 'cancelled'
    officer.get(f'/export/{key}/file', status=404)


def test_one_that_is_cancelled_under_way_stops(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    press(browse('gz-office-officer'), '/ledger', '导出Excel')
    held = last(app)
    with app.app_context(), db.writing(engine_of(app)) as session:
        assert export.claim(session, held.id) and not export.claim(session, held.id), 'one program at a time'
        export.cancel(session, held.id, history.Actor('省政府办公厅·督查员', 'office', 'officer', held.account_id))
        assert not export.beat(session, held.id, 1, 2) and not export.end(session, held.id)


def test_one_whose_program_was_lost_is_taken_up_by_another(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    press(browse('gz-office-officer'), '/ledger', '导出Excel')
    with db.writing(engine_of(app)) as session:
        assert export.claim(session, last(app).id) and export.lost(session) == []
        session.execute(update(Export).values(beat_at=clock.utcnow() - export.STALE * 2))
        assert export.lost(session) == [last(app).id] and export.claim(session, last(app).id)


def test_one_that_finds_the_disk_full_fails_and_leaves_nothing_behind(
        app: Flask, browse: Browse, long: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')
    handled(app)
    officer = browse('gz-office-officer')
    press(officer, '/ledger', '导出Excel')
    (tmp_path / 'temporary').mkdir()
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path / 'temporary'))
    monkeypatch.setattr('xlsxwriter.workbook.ZipFile.write', full)
    exporting.carry_out(app, last(app).id)
    with app.app_context():
        assert [*exporting.folder().iterdir(), *(tmp_path / 'temporary').iterdir()] == []
    assert '请告诉运维人员' in officer.get(f'/export/{last(app).id}').text


def test_three_at_a_time(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    officer = browse('gz-office-officer')
    for _ in range(export.MOST):
        press(officer, '/ledger', '导出Excel')
    assert '您已经有3个导出在做' in press(officer, '/ledger', '导出Excel', status=422).text


def test_an_account_that_was_closed_exports_nothing_more(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    press(browse('gz-office-officer'), '/ledger', '导出Excel')
    from engine.directory import Account
    with db.writing(engine_of(app)) as session:
        session.execute(update(Account).where(Account.login == 'gz-office-officer').values(active=False))
    exporting.carry_out(app, last(app).id)
    assert last(app).state == 'failed' and '停用' in last(app).fault


def test_what_an_export_is_called_and_why_it_failed_is_said_in_english(app: Flask, browse: Browse, long: None) -> None:
    handled(app)
    officer = browse('gz-office-officer')
    press(officer, '/ledger', '导出Excel')
    with db.writing(engine_of(app)) as session:
        export.claim(session, last(app).id)
        export.end(session, last(app).id, said('导出的账号已经停用。'))
    officer.post('/language', {'language': 'en'})
    page = officer.get(f'/export/{last(app).id}')
    assert page.h1 == 'Ledger 2020-09-27' and 'The account of the export has been closed.' in page.text
    assert 'Ledger 2020-09-27' in officer.get('/export').text


def test_memory_does_not_grow_with_the_rows(app: Flask, browse: Browse, long: None) -> None:
    with db.writing(engine_of(app)) as session:
        session.execute(insert(Matter.__table__), [
            {**ledger.blank('gz', uuid4(), 1), 'status': 'open', 'code': f'DB-{number}', 'title': f'第{number}件',
             'lead_unit': 'fgw', 'due_at': date(2020, 12, 31)} for number in range(1200)])
    officer = browse('gz-office-officer')
    press(officer, '/ledger', '导出Excel')
    exporting.carry_out(app, last(app).id)
    held = last(app)
    assert (held.state, held.done, held.total) == ('done', 1000, 1200), 'told after every five hundred'
    assert sheet(fetched(officer, f'/export/{held.id}/file')).max_row == 1201


def test_a_dossier_holds_facts_documents_records_and_the_seal(app: Flask, browse: Browse, tmp_path: Path) -> None:
    matter_id = handled(app, co_units=['sft'], co_due_at='2020-10-20', co_duty='提供名单')
    chief = browse('gz-fgw-chief')
    assert '马上开始' in press(chief, f'/matter/{matter_id}', '导出卷宗').text
    exporting.carry_out(app, last(app).id)
    made = tmp_path / 'dossier.pdf'
    made.write_bytes(fetched(chief, f'/export/{last(app).id}/file'))
    said = ''.join(subprocess.run(['pdftotext', '-raw', made, '-'], capture_output=True, text=True, check=True).stdout.split())
    for words in ('督办事项卷宗', '建成省、市、县三级重点企业和项目库', '〔2020〕立项字第1号', '提供名单', '轨迹完整', '导出卷宗'):
        assert words in said
