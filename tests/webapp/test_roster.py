"""从 Excel 导入机构: preview row by row, all or the good rows, a result file; nothing half-imported."""
from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from engine import db, directory
from engine.directory import Account, Post, Unit
from engine.history import Event
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of, register
from tests.webapp.test_account import signs_in

UNITS = ('单位代码', '单位名称', '类别', '上级单位代码', '启用日期', '停用日期', '接替单位代码', '排序')
SEATS = ('单位代码', '岗位', '岗位名称', '办公电话', '登录名')
GOOD = [('czt', '省财政厅', '部门', '', '2018-11-01', None, None, 40), ('czt_yc', '预算处', '处室', 'czt', None, None, None, 41)]


@pytest.fixture
def owner(browse: Callable[[str], Browser]) -> Browser:
    return browse('gz-office-owner')


def book(*sheets: Sequence[Sequence[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for rows in sheets:
        page = made.create_sheet()
        for row in rows:
            page.append(row)
    held = BytesIO()
    made.save(held)
    return held.getvalue()


def send(owner: Browser, content: bytes, name: str = '机构.xlsx', status: int = 200) -> str:
    owner.get('/directory/import')
    return owner.post('/directory/import', {'file': (BytesIO(content), name)}, status=status).text


def put(owner: Browser, rows: str) -> dict[str, list[tuple]]:
    """The result file, by sheet."""
    token = owner.page.all('//input[@name="csrf_token"]/@value')[0]
    answer = owner.client.post('/directory/import/preview', data={'csrf_token': token, 'rows': rows})
    assert answer.status_code == 200 and 'roster-result.xlsx' in answer.headers['Content-Disposition'], answer.text
    return {page.title: list(page.values) for page in load_workbook(BytesIO(answer.data))}


def counted(app: Flask, table: Any) -> int:
    with db.reading(engine_of(app)) as session:
        return session.scalar(select(func.count()).select_from(table).where(table.tenant == 'gz'))


def test_units_posts_and_accounts_come_in_at_once(app: Flask, owner: Browser) -> None:
    seats = [SEATS, ('czt', '联络员', None, '0851-1', 'gz-czt-liaison'), ('czt_yc', 'chief', '处长', None, None)]
    said = send(owner, book([UNITS, *GOOD], seats))
    assert '共4行：新增4，修改0，没有变化0，要改0' in said
    assert counted(app, Unit) == 4, 'a preview changes nothing'
    result = put(owner, 'all')
    assert [row[3] for row in result['结果']] == ['结果', '新增', '新增', '新增', '新增']
    login, _post, password = result['一次性密码'][1]
    assert signs_in(app, login, password)
    with db.reading(engine_of(app)) as session:
        assert session.scalars(select(Event.summary).where(Event.kind == 'roster.imported')).all() == [
            '导入机构机构.xlsx：新增4行，修改0行，没有导入0行']
        assert session.get(Unit, ('gz', 'czt_yc')).parent == 'czt'
    assert '没有等着导入的表' in owner.get('/directory/import/preview', status=404).text


def test_nobody_waits_while_passwords_are_made(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    def told(what: str, does: Callable) -> Callable:
        return lambda *given: happened.append(what) or does(*given)
    monkeypatch.setattr('engine.directory.hash_given', told('hashed', directory.hash_given))
    monkeypatch.setattr('webapp.roster.writing', told('writing', db.writing))
    send(owner, book([UNITS, *GOOD], [SEATS, ('czt', '联络员', None, '0851-1', 'gz-czt-liaison')]))
    put(owner, 'all')
    assert happened == ['writing', 'hashed', 'writing'], 'first the file is held'


@pytest.mark.parametrize(('row', 'said'), [
    (('jia', '甲', '部门', 'nowhere'), '上级单位“nowhere”不在机构里，也不在这张表里'),
    (('czt', '又一个', '部门'), '单位代码和第2行的重复'),
    (('jia', '甲', '部门', '', '2020年2月30日'), '启用日期写成 2020-09-30 这样，现在是“2020年2月30日”'),
    (('jia', '甲', '部门', '', '去年'), '启用日期写成 2020-09-30 这样，现在是“去年”'),
    (('jia', '甲', '部门', 'jia'), '上级单位绕了一圈：甲 → 甲'),
    (('jia', '甲', '部门', 'old'), '上级单位老单位在2019-01-01已经停用'),
    (('jia', '甲', '部门', '', '', '', '', '第一'), '排序填整数，现在是“第一”'),
    (('贾', '甲', '部门'), '单位代码用小写字母开头'),
    (('jia', None, '部门'), '单位名称要写1到100个字')])
def test_what_is_wrong_is_said_row_by_row(app: Flask, owner: Browser, row: Sequence[Any], said: str) -> None:
    old = ('old', '老单位', '部门', '', '', '2019-01-01', 'fgw')
    text = send(owner, book([UNITS, *GOOD, old, row]))
    assert said in text and '要改1' in text
    assert '只导入没有问题的3行' in text
    owner.post('/directory/import/preview', {'rows': 'all'}, status=422)
    assert '有1行要改，一行也没有导入。“单位”表第5行' in owner.page.text and counted(app, Unit) == 4


def test_a_table_of_the_office_s_own_is_understood(app: Flask, owner: Browser) -> None:
    """A title, its own words over the columns, units above and after it by their names, days with an hour."""
    rows = [('2020年机构一览表',), ('序号', '单位编码*', '单位\n名称', '单位类别', '上级单位', '成立日期（没有就空着）', '撤销日期', '承接单位'),
            (40, 'czt', '省财政厅', '部门', '省政府', '2018-11-01 00:00:00', None, None),
            (41, 'czt_yc', '预算处', '处室', '省财政厅', None, None, None),
            (42, 'czt_old', '旧预算处', '处室', '省财政厅', None, '2019/3/1', '预算处')]
    assert '共3行：新增3，修改0，没有变化0，要改0' in send(owner, book(rows))
    put(owner, 'all')
    with db.reading(engine_of(app)) as session:
        unit = session.get(Unit, ('gz', 'czt_old'))
        assert (unit.parent, unit.successor, unit.position, unit.valid_to) == ('czt', 'czt_yc', 42, date(2019, 3, 1))
        assert session.get(Unit, ('gz', 'czt')).parent == 'gov'


def test_an_office_that_has_no_codes_is_given_some(app: Flask, owner: Browser) -> None:
    """A unit that is there is known by its name, one of the same name elsewhere is another."""
    rows = [('单位名称', '类别', '上级单位', '停用日期'), ('省司法厅', '部门', '', '无'), ('办公室', '处室', '省司法厅', '—'),
            ('省财政厅', '部门', '省政府', '/'), ('办公室', '处室', '省财政厅', '20301231')]
    said = send(owner, book(rows, [('单位', '职务', '联系电话'), ('省财政厅', '联络员', '0851-1')]))
    assert '共5行：新增4，修改0，没有变化1，要改0' in said
    assert '单位代码u1；上级单位省司法厅' in said and '单位代码u2；上级单位省政府' in said
    result = put(owner, 'all')
    assert result['结果'][2][3:] == ('新增', '单位代码u1；上级单位省司法厅')
    with db.reading(engine_of(app)) as session:
        named = {row.code: (row.name, row.parent, row.valid_to) for row in session.scalars(
            select(Unit).where(Unit.code.in_(('u1', 'u2', 'u3'))))}
        assert named == {'u1': ('办公室', 'sft', None), 'u2': ('省财政厅', 'gov', None),
                         'u3': ('办公室', 'u2', date(2030, 12, 31))}
        assert session.get(Post, ('gz', 'u2', 'liaison')).phone == '0851-1'
    assert '没有变化5' in send(owner, book(rows, [('单位', '职务', '联系电话'), ('省财政厅', '联络员', '0851-1')]))


def test_a_name_that_several_units_have_is_asked_about(owner: Browser) -> None:
    rows = [UNITS[:4], *(one[:4] for one in GOOD), ('fgw_bgs', '办公室', '处室', 'fgw'), ('czt_bgs', '办公室', '处室', 'czt'),
            ('yk', '一科', '科室', '办公室'), ('', '办公室', '处室', '')]
    said = send(owner, book(rows, [SEATS[:2], ('办公室', '联络员')]))
    assert said.count('有2个单位叫“办公室”，请写单位代码：fgw_bgs、czt_bgs') == 3 and '要改3' in said
    assert '不在机构里' not in said and '没有代码为' not in said


def test_what_changes_is_shown_with_old_and_new(owner: Browser) -> None:
    send(owner, book([UNITS, *GOOD]))
    put(owner, 'all')
    said = send(owner, book([UNITS, ('czt_yc', '预算一处', '处室', '', '', '2020-12-31', '省财政厅', 41)]))
    assert ('名称由“预算处”改为“预算一处”；上级单位由“省财政厅”改为“”；停用日期由“”改为“2020-12-31”；'
            '接替单位由“”改为“省财政厅”') in said


def test_who_closes_a_unit_is_told_what_it_still_leads(app: Flask, owner: Browser) -> None:
    register(app)
    assert '它牵头的还有1件没有办结，停用前请移交' in send(owner, book([UNITS, ('fgw', '省发展改革委', '部门', '', '', '2030-12-31')]))
    assert '没有办结' not in send(owner, book([UNITS, ('sft', '省司法厅', '部门', '', '', '2030-12-31')]))


def test_a_row_that_excel_hides_is_pointed_out(owner: Browser) -> None:
    made = load_workbook(BytesIO(book([UNITS, *GOOD])))
    made.worksheets[0].row_dimensions[3].hidden = True
    held = BytesIO()
    made.save(held)
    said = send(owner, held.getvalue())
    assert said.count('这一行在Excel里是隐藏的，请核对要不要导入') == 1 and '要改0' in said


def test_the_good_rows_alone_come_in_when_one_says_so(app: Flask, owner: Browser) -> None:
    send(owner, book([UNITS, *GOOD, ('jia', '甲', '部门', 'nowhere'), ('yi', '乙', '处室', 'jia')]))
    assert '要改2' in owner.page.text, 'what stands below a bad row is bad as well'
    result = put(owner, 'good')
    assert [(row[1], row[3]) for row in result['结果'][1:]] == [(2, '新增'), (3, '新增'), (4, '没有导入'), (5, '没有导入')]
    assert counted(app, Unit) == 6


def test_what_is_there_already_is_changed_or_left(app: Flask, owner: Browser) -> None:
    send(owner, book([UNITS, ('fgw', '省发展和改革委员会', '部门'), ('sft', '省司法厅', '部门', '', '', '', '', 3)],
                     [SEATS, ('fgw', 'liaison', '联络员', '', 'gz-fgw-liaison'),
                      ('sft', 'liaison', '', '', 'gz-fgw-liaison')]))
    text = owner.page.text
    assert '修改1' in text and '没有变化2' in text and '登录名和第2行的重复' in text
    put(owner, 'good')
    assert '省发展和改革委员会' in owner.get('/directory').text


def test_what_the_table_has_no_column_for_stays_as_it_is(app: Flask, owner: Browser) -> None:
    send(owner, book([UNITS, *GOOD], [SEATS, ('czt_yc', 'chief', '处长', '0851-2', None)]))
    put(owner, 'all')
    said = send(owner, book([UNITS[:3], ('czt_yc', '预算处（新）', '处室')], [SEATS[:2], ('czt_yc', 'chief')]))
    assert '修改1，没有变化1' in said, 'nothing is said of the name and the phone of the post'
    put(owner, 'all')
    with db.reading(engine_of(app)) as session:
        unit, chief = session.get(Unit, ('gz', 'czt_yc')), session.get(Post, ('gz', 'czt_yc', 'chief'))
        assert (unit.name, unit.parent, unit.position) == ('预算处（新）', 'czt', 41)
        assert (chief.name, chief.phone) == ('处长', '0851-2')
    send(owner, book([UNITS, ('czt_yc', '预算处', '处室')], [SEATS, ('czt_yc', 'chief')]))
    put(owner, 'all')
    with db.reading(engine_of(app)) as session:
        unit, chief = session.get(Unit, ('gz', 'czt_yc')), session.get(Post, ('gz', 'czt_yc', 'chief'))
        assert (unit.parent, unit.position, chief.phone) == (None, 0, ''), 'an empty cell takes away'
        assert chief.name == '处长', 'but a post has a name'


def test_a_post_of_one_table_has_several_accounts(app: Flask, owner: Browser) -> None:
    seats = [SEATS, ('fgw', 'liaison', '联络员', '0851-1', 'gz-fgw-second'), ('fgw', 'liaison', '', '', 'gz-fgw-third')]
    assert '共2行：新增2' in send(owner, book(seats))
    assert [row[0] for row in put(owner, 'all')['一次性密码'][1:]] == ['gz-fgw-second', 'gz-fgw-third']
    with db.reading(engine_of(app)) as session:
        assert session.get(Post, ('gz', 'fgw', 'liaison')).phone == '0851-1'
    twice, other = ('fgw', 'liaison', '', '', ''), ('fgw', 'liaison', '', '0851-9', 'gz-fgw-fourth')
    said = send(owner, book([SEATS, twice, twice, other]))
    assert '岗位和第2行的重复' in said and '的不一样' not in said
    said = send(owner, book([*seats[:2], other]))
    assert '办公电话和第2行的不一样' in said


def test_accounts_for_what_is_not_there_are_refused(owner: Browser) -> None:
    text = send(owner, book([SEATS, ('nowhere', 'liaison', '', '', ''), ('fgw', 'king', '', '', ''),
                             ('sft', 'chief', '', '', 'cz-fgw-liaison'), ('sft', 'liaison', '', '', '大写')]))
    for said in ('没有代码为“nowhere”的单位', '没有“king”这种岗位', '登录名“cz-fgw-liaison”已经有了', '登录名用3到60个小写字母'):
        assert said in text


@pytest.mark.parametrize(('content', 'name', 'said'), [
    (b'', '机构.xlsx', '是空文件'), (b'MZ\x90\x00' + b'\0' * 100, '机构.xlsx', '是程序、脚本或网页'),
    (b'a,b\n1,2\n', '../../机构.csv', '没有找到要导入的表'), (b'\x89PNG\r\n\x1a\n' + b'\0' * 50, '机构.xlsx', '')])
def test_a_file_that_is_none_is_refused_with_a_sentence(owner: Browser, content: bytes, name: str, said: str) -> None:
    assert said in send(owner, content, name, status=422)
    owner.get('/directory/import/preview', status=404)


def test_the_template_can_be_filled_in_and_sent_back(app: Flask, owner: Browser) -> None:
    template = owner.client.get('/directory/import/template').data
    assert '新增' in send(owner, template) and '部门' not in owner.page.texts('//main//td/span')[:1]


def test_only_who_keeps_the_directory_imports(app: Flask, browse: Callable[[str], Browser]) -> None:
    for login in ('gz-office-auditor', 'gz-fgw-liaison', 'gz-office-head'):
        browse(login).get('/directory/import', status=403)
    assert counted(app, Account) > 5


def test_a_post_is_called_by_the_unit_that_would_come_in(owner: Browser) -> None:
    seats = [SEATS, ('czt', 'liaison', None, None, None)]
    page = send(owner, book([UNITS, GOOD[0], ('czt', '又一个财政厅', '部门', '', None, None, None, None)], seats))
    assert '单位代码和第2行的重复' in page and '省财政厅·联络员' in page and '又一个财政厅·联络员' not in page
