"""批量立项 as the officer sees it: hand in, see what was understood, put it right, have it registered, take the result."""
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update

from engine import breakdown, directory, sheet, upload, worker
from engine.breakdown.proposal import Ground
from engine.db import reading, writing
from engine.directory import Unit
from engine.history import Actor, Event
from engine.ledger import Matter
from tests.engine.office import xlsx
from tests.webapp import matters
from tests.webapp.browser import Browser, Page

# The day is Sunday 27 September 2020; 省发展改革委 and 省司法厅 have liaisons, 省政府办公厅 has none.
TABLE = '''序号\t重点任务\t目标要求\t责任单位\t配合单位\t完成时限
1\t建立健全重点企业和项目库\t建立健全重点企业和项目库，分级落实责任\t省发改委\t省司法厅\t12月底前
2\t清理地方性法规\t全面清理出台的地方性法规并向社会公布\t省司法厅\t\t10月底前
3\t畅通监督渠道\t受理行政效能监督举报投诉\t省政府办公厅\t\t长期坚持
4\t规范政务信息\t每季度通报政务信息报送和采用情况\t省统计局\t\t每季度'''
COMMON = {'source': 'central', 'basis': '黔府办发〔2020〕12号', 'has_basis': 'true', 'leader_post': 'gov/deputy',
          'matter_class': 'important', 'evidence': '报送书面材料', 'review_at': '2021-03-01',
          'received_at': '2020-09-27T09:00', 'co_duty': '按各自职责配合。'}


@pytest.fixture
def officer(browse: Callable[[str], Browser]) -> Browser:
    """The browser of the supervision office's officer."""
    return browse('gz-office-officer')


def handed_in(officer: Browser, text: str = TABLE, **data: Any) -> Page:
    officer.get('/breakdown')
    return officer.post('/breakdown', {'secret': 'no', 'text': text, **data})


def said_for_all(officer: Browser) -> Page:
    return officer.post(f'{officer.page.path}/common', COMMON)


def count(app: Flask) -> int:
    with reading(matters.engine_of(app)) as session:
        return session.scalar(select(func.count()).select_from(Matter).where(Matter.tenant == 'gz'))


def rows(page: Page) -> list[str]:
    return page.texts('//tbody/tr')


def test_what_was_pasted_is_shown_as_it_was_understood(officer: Browser) -> None:
    page = handed_in(officer)
    assert page.h1 == '立这4件，对吗？'
    assert '重点任务 → 任务事项' in page.text and '责任单位 → 牵头单位' in page.text
    library, rules, channel, notices = rows(page)
    assert '省发展改革委' in library and '协办：省司法厅' in library and '2020-12-31 周四' in library
    assert '“省发改委”认作省发展改革委，请核对' in library
    assert '省司法厅' in rules and '2020-10-31 周六' in rules
    assert '长期' in channel and '还没有联络员账号' in channel, 'P00-11'
    assert '没有“省统计局”这个单位' in notices and '只写了周期' in notices and '没有牵头单位' in notices
    assert '还缺：任务来源（4件）、依据（4件）' in page.text.replace(' ', '')


def test_a_name_that_serves_as_the_requirement_is_said_to_do_so(officer: Browser) -> None:
    short, = rows(handed_in(officer, '重点任务\t责任单位\t完成时限\n清理法规\t省司法厅\t10月底前'))
    assert '没有另写目标要求，用的是事项名称' in short and '目标要求至少写8个字，您写了4个' in short


def test_a_line_that_has_lost_its_name_is_shown_and_not_dropped(officer: Browser) -> None:
    good, lost = rows(handed_in(officer, '重点任务\t责任单位\t完成时限\n清理地方性法规\t省司法厅\t10月底前\n\t省发改委\t10月底前'))
    assert '请填写事项名称' in lost and '要改' in lost and '省发展改革委' in lost


def test_who_reads_english_is_told_in_english_what_to_look_at(officer: Browser) -> None:
    handed_in(officer)
    officer.post('/language', {'language': 'en', 'next': officer.page.path})
    library, rules, channel, notices = rows(officer.page)
    assert '"省发改委" is taken for 省发展改革委. Please check' in library
    assert 'has no liaison account yet' in channel
    assert 'There is no unit "省统计局"' in notices and 'Only a cycle is given' in notices
    late = handed_in(officer, '各单位要在30个工作日内完成清理工作。')
    assert 'counted from 27 Sep 2020, ends on ' in late.text and '请核对' not in late.text


def test_what_is_alike_in_all_is_said_once(officer: Browser) -> None:
    handed_in(officer)
    page = said_for_all(officer)
    assert '已经填到每一件里' in page.text
    assert [mark for mark in page.texts('//h1/following-sibling::p[1]/span')][1:] == ['要改2件', '要核对1件', '可以立1件']
    assert officer.get(f'{page.path}?only=bad').texts('//tbody//a') == ['畅通监督渠道', '规范政务信息']


def test_what_only_one_line_lacks_is_named_on_that_line(officer: Browser) -> None:
    handed_in(officer)
    page = officer.post(f'{officer.page.path}/common', {**COMMON, 'review_at': ''})
    channel = rows(page)[2]
    assert '请填写复核日' in channel and '每件都一样的' not in channel


def test_a_line_is_put_right_in_the_form_of_registering(officer: Browser) -> None:
    handed_in(officer)
    path = said_for_all(officer).path
    page = officer.get(f'{path}/line/4')
    assert '每季度通报政务信息报送和采用情况' in page.text and '没有“省统计局”这个单位' in page.text
    page = officer.post(f'{path}/line/4', {}, status=422)
    assert '还有' in page.text and '请选择牵头单位' in page.text
    filled = {'title': '规范政务信息', 'requirement': '每季度通报政务信息报送和采用情况', 'lead_unit': 'fgw',
              'due_at': '2020-12-31', 'own_cycle': 'quarter', **COMMON}
    page = officer.post(f'{path}/line/4', filled)
    assert '第4件改好了。' in page.text and '改过' in rows(page)[3] and '可以立' in rows(page)[3]


def test_the_good_ones_are_registered_and_the_rest_listed(app: Flask, officer: Browser) -> None:
    handed_in(officer)
    path = said_for_all(officer).path
    page = officer.post(f'{path}/register', {'act': 'good'})
    assert page.h1 == '正在立项：粘贴的内容' and '0 / 2件' in page.text
    assert officer.client.get(f'{path}/progress').json == {'done': 0, 'total': 2, 'ended': False}
    worker.drain(matters.engine_of(app))
    page = officer.get(path)
    assert page.h1 == '立了2件，还有2件没有立' and count(app) == 2
    assert page.texts('//tbody//a') == ['建立健全重点企业和项目库', '清理地方性法规'] and 'DB-2020-001' in rows(page)[0]
    assert '请选择牵头单位' in rows(page)[3] and '没有“省统计局”这个单位' in rows(page)[3], 'and why it is not known'
    page = officer.get('/ledger?status=all')
    assert '清理地方性法规' in page.text, 'registered with an approved basis: it is in hand'


def test_the_result_is_a_workbook_in_which_nothing_runs(app: Flask, officer: Browser) -> None:
    handed_in(officer, TABLE.replace('清理地方性法规\t', '=HYPERLINK("http://192.0.2.1")清理\t', 1))
    path = said_for_all(officer).path
    officer.post(f'{path}/register', {'act': 'good'})
    worker.drain(matters.engine_of(app))
    token = officer.get(path).all('//input[@name="csrf_token"]/@value')[0]
    answer = officer.client.post(f'{path}/result', data={'csrf_token': token})
    table, = sheet.read(upload.check('结果.xlsx', answer.data, ('xlsx',)))
    head, first, second, third, fourth = (row.cells for row in table.rows)
    assert head[:3] == ('行', '原文', '事项名称') and first[5:7] == ('已立项', 'DB-2020-001')
    assert second[2].startswith("'=HYPERLINK") and third[5] == fourth[5] == '没有立项' and '牵头单位' in fourth[7]
    with reading(matters.engine_of(app)) as session:
        kinds = session.scalars(select(Event.kind).where(Event.kind.like('breakdown.%')).order_by(Event.seq)).all()
    assert kinds == ['breakdown.registered', 'breakdown.exported']


def test_all_or_none(app: Flask, officer: Browser) -> None:
    handed_in(officer)
    path = said_for_all(officer).path
    page = officer.post(f'{path}/register', {'act': 'whole'}, status=422)
    assert '还有2件不合格，一件也没有立' in page.text and count(app) == 0
    officer.get(path)
    officer.post(f'{path}/lines', {'act': 'out', 'place': ['3', '4']})
    assert '停下就一件也不立' in officer.post(f'{path}/register', {'act': 'whole'}).text
    worker.drain(matters.engine_of(app))
    assert officer.get(path).h1 == '立了2件，还有2件没有立' and count(app) == 2


def test_a_unit_that_is_gone_meanwhile_is_named(app: Flask, officer: Browser) -> None:
    handed_in(officer)
    path = said_for_all(officer).path
    officer.post(f'{path}/lines', {'act': 'out', 'place': ['3', '4']})
    with writing(matters.engine_of(app)) as session:
        session.execute(update(Unit).where(Unit.tenant == 'gz', Unit.name == '省司法厅').values(valid_to=date(2020, 9, 1)))
        directory.changed(session, 'gz')
    page = officer.post(f'{path}/register', {'act': 'whole'}, status=422)
    assert '还有2件不合格，一件也没有立' in page.text and count(app) == 0
    assert all('要改' in row and '省司法厅已经停用，或者还没有联络员账号，请换一家' in row for row in rows(page)[:2])


def test_it_can_be_stopped_and_then_nothing_more_comes(app: Flask, officer: Browser) -> None:
    handed_in(officer)
    path = said_for_all(officer).path
    officer.post(f'{path}/register', {'act': 'good'})
    page = officer.post(f'{path}/cancel')
    assert '停下了，还有2件没有立' in page.text
    worker.drain(matters.engine_of(app))
    assert count(app) == 0 and '停下以前没有轮到' in officer.get(path).text


def test_what_is_in_the_ledger_or_stands_there_twice_is_left_out(app: Flask, officer: Browser) -> None:
    handed_in(officer)
    officer.post(f'{said_for_all(officer).path}/register', {'act': 'good'})
    worker.drain(matters.engine_of(app))
    page = handed_in(officer, TABLE + '\n5\t清理 地方性法规。\t再写一遍要求也一样\t省司法厅\t\t10月底前')
    assert '台账里已有：DB-2020-001' in rows(page)[0] and '去掉了' in rows(page)[0]
    assert '台账里已有：DB-2020-002' in rows(page)[4] and page.h1 == '立这2件，对吗？'
    page = officer.post(f'{page.path}/lines', {'act': 'in', 'place': '1'})
    assert page.h1 == '立这3件，对吗？', 'who wants it twice may have it twice'


def test_a_line_put_right_is_looked_at_with_those_alike_alone(officer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(officer, '\n'.join([TABLE, *('5\t清理地方性法规\t再写一遍要求也一样\t省司法厅\t\t10月底前',) * 2]))
    page = said_for_all(officer)
    assert [place for place, row in enumerate(rows(page), 1) if '与第2件重复' in row] == [5, 6]
    judged: list[Any] = []
    real = Ground.judged
    monkeypatch.setattr(Ground, 'judged', lambda *given: judged.append(given) or real(*given))
    with reading(matters.engine_of(officer.app)) as session:
        held = session.scalars(select(breakdown.Breakdown)).one()
        line, actor = breakdown.line(session, held, 2), Actor('省政府办公厅·督查员', 'office', 'officer')
        mended = breakdown.mend(session, held, 2, actor, {**line.answer, 'title': '畅通监督渠道', 'lead_unit': 'office'})
        mended.flush(session)
        assert [(one.place, one.twin) for one in breakdown.lines(session, held) if one.twin] == [
            (3, '与第2件重复'), (6, '与第5件重复')]
    assert len(judged) == 1


def test_columns_can_be_taken_for_something_else(officer: Browser) -> None:
    page = handed_in(officer, '清理出台的地方性法规并公布\t省司法厅\t10月底前\n建立健全重点企业和项目库\t省发展改革委\t12月底前')
    assert '没有牵头单位' in rows(page)[0]
    page = officer.post(f'{page.path}/columns', {'sheet': '0', 'c0': 'title', 'c1': 'lead', 'c2': 'due'})
    assert '省司法厅' in rows(page)[0] and '2020-10-31' in rows(page)[0]


def test_a_column_that_no_file_has_is_passed_over(officer: Browser) -> None:
    page = handed_in(officer)
    assert '重点任务 → 任务事项' in officer.post(f'{page.path}/columns', {'sheet': '0', f'c{"9" * 5000}': 'due'}).text


def test_a_file_is_read_like_what_was_pasted(officer: Browser) -> None:
    content = xlsx([line.split('\t') for line in TABLE.splitlines()])
    page = handed_in(officer, '', file=(BytesIO(content), 'C:\\桌面\\责任分解表.xlsx'))
    assert page.h1 == '立这4件，对吗？' and '责任分解表.xlsx' in page.text and 'C:' not in page.text


@pytest.mark.parametrize(('data', 'says'), [
    ({'secret': 'yes'}, '涉密事项不能在这里办理'), ({'secret': ''}, '请回答“这件事涉及国家秘密吗？”'),
    ({'text': f'机密★1年\n{TABLE}'}, '里面有密级标志'), ({'text': ''}, '没有内容'), ({'text': '今天天气很好'}, '没有认出要办的事'),
    ({'base': '2020年'}, '成文日期要写成'), ({'file': b'MZ\x90'}, '程序、脚本或网页'),
    ({'file': b''}, '是空文件')])
def test_what_is_refused_leaves_nothing_behind(app: Flask, officer: Browser, data: dict[str, Any], says: str) -> None:
    officer.get('/breakdown')
    if 'file' in data:
        data = data | {'file': (BytesIO(data['file']), '表.xlsx')}
    page = officer.post('/breakdown', {'secret': 'no', 'text': TABLE, **data}, status=422)
    assert says in page.text and page.h1 == '粘贴责任分解表，一次立许多件'
    with reading(matters.engine_of(app)) as session:
        assert session.scalar(select(func.count()).select_from(breakdown.Breakdown)) == 0


def test_a_file_with_pictures_is_as_large_as_an_attachment_may_be(app: Flask, officer: Browser) -> None:
    app.config['ATTACHMENT_KB'] = 2000
    assert '最多2MB' in officer.get('/breakdown').text
    drawn, made = BytesIO(), Document()
    Image.effect_noise((1200, 1200), 99).save(drawn, 'png')
    made.add_picture(drawn)
    for text, cell in zip(('任务', '牵头单位', '建立健全重点企业和项目库', '省发展改革委'), made.add_table(2, 2)._cells, strict=True):
        cell.text = text
    made.save(held := BytesIO())
    assert 1_100_000 < held.tell() < 2_000_000
    page = officer.post('/breakdown', {'secret': 'no', 'file': (BytesIO(held.getvalue()), '分解表.docx')})
    assert page.h1 == '立这1件，对吗？'
    answer = officer.client.post('/breakdown', content_type='multipart/form-data; boundary=x',
                                 environ_overrides={'CONTENT_LENGTH': '9000000'})
    assert answer.status_code == 413 and '文件一次最多传2MB' in answer.text


def test_it_can_be_left_and_found_again_by_its_officer_only(officer: Browser, browse: Callable[[str], Browser]) -> None:
    path = handed_in(officer).path
    assert '粘贴的内容' in officer.get('/breakdown').text
    officer.post('/language', {'language': 'en'})
    assert 'Pasted text' in officer.get('/breakdown').text
    officer.post('/language', {'language': 'zh'})
    browse('gz-office-head').get(path, status=404)
    browse('gz-fgw-liaison').get(path, status=403)
    page = officer.post(f'{path}/discard')
    assert '丢掉了，什么也没有立。' in page.text
    officer.get(path, status=404)


def test_what_is_registered_cannot_be_changed_any_more(officer: Browser) -> None:
    handed_in(officer)
    path = said_for_all(officer).path
    officer.post(f'{path}/register', {'act': 'good'})
    for verb in ('register', 'discard', 'common', 'columns'):
        assert '已经提交立项了' in officer.post(f'{path}/{verb}', status=409).text
    officer.get(f'{path}/line/99', status=404)


def test_a_campaign_document_is_reckoned_from_its_day(officer: Browser) -> None:
    page = handed_in(officer, '省司法厅于5月底前清理出台的地方性法规。', base='2021-01-10')
    assert '2021-05-31' in rows(page)[0] and '请核对' not in rows(page)[0]
