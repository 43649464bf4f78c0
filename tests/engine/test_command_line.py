"""The command line: every verb, in Chinese and as JSON, with its exit code; a refusal is one sentence."""
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import db, deployment, directory, incident, workcal
from engine.__main__ import main
from engine.command import where
from engine.directory import Tenant, Unit
from engine.errors import Broken
from tests.engine import diagrams

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [str(ROOT / 'workflows'), str(ROOT / 'forms')]
STARTS = datetime.fromisoformat('2020-05-07T09:00:00+08:00')
POSTS = {'gov/principal': ('县政府', '主要领导'), 'gov/deputy': ('县政府', '分管领导'), 'office/officer': ('县政府办', '督查员'),
         'office/head': ('县政府办', '督查室负责人'), 'fgj/liaison': ('发改局', '联络员'), 'fgj/chief': ('发改局', '单位负责人')}
REGISTER = {'source': 'meeting', 'basis': '县政府常务会议纪要第5号', 'has_basis': False, 'leader_post': 'gov/deputy',
            'received_at': '2020-05-07T08:40:00+08:00', 'title': '制定项目时间进度表', 'requirement': '5月底前报送项目时间进度表',
            'evidence': '时间进度表', 'matter_class': 'important', 'due_at': '2020-05-31', 'lead_unit': 'fgj'}
AGREED = '{"approval": "agreed"}'


class Shell:
    """Runs commands in this process; `code`, `out` and `err` are those of the last one."""

    def __init__(self, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.code, self.out, self.err = 0, '', ''

    def __call__(self, *words: str, stdin: str = '') -> str:
        """Run one command; what it printed."""
        self._monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.code = main(list(words))
        self.out, self.err = self._capsys.readouterr()
        assert 'Traceback' not in self.out + self.err
        return self.out

    def json(self, *words: str, stdin: str = '') -> Any:
        """Run one command with --json; what it printed, read."""
        return json.loads(self(*words, '--json', stdin=stdin))

    def refused(self, *words: str, stdin: str = '') -> str:
        """Run one command that is refused; the sentence."""
        self(*words, stdin=stdin)
        assert self.code == 1, self.out
        return self.err


@pytest.fixture
def duban(database: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with an empty database."""
    monkeypatch.setenv('DATABASE_URL', database)
    return Shell(capsys, monkeypatch)


@pytest.fixture
def office(server: Any, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell with a small government in the database, whose clock can be moved."""
    url = server.filled(_small_government)
    monkeypatch.setenv('DATABASE_URL', url)
    yield Shell(capsys, monkeypatch)
    server.drop(url)


def _small_government(url: str) -> None:
    engine = db.connect(url)
    with db.writing(engine) as session:
        _found(session)
    engine.dispose()


def _found(session: Session) -> None:
    session.add(Tenant(id='zx', name='某县', level='县', covered_until=STARTS.date(), demo=True, virtual_at=STARTS))
    session.flush()
    workcal.seed(session, session.get(Tenant, 'zx'))
    for reference, (unit_name, post_name) in POSTS.items():
        unit, post = reference.split('/')
        if session.get(Unit, ('zx', unit)) is None:
            directory.add_unit(session, 'zx', unit, unit_name, '政府' if unit == 'gov' else '部门')
        directory.add_post(session, 'zx', unit, post, post_name)
        directory.add_account(session, 'zx', unit, post, f'zx-{unit}-{post}', 'nobody signs in')
    files = where.files(SHIPPED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployment.gate, 'check', lambda *_: [])           # the shipped files have tests of their own
        deployment.deploy(session, 'zx', files, '命令行', '', STARTS, {}, {})


def begin(duban: Shell, **changes: Any) -> dict[str, Any]:
    """Register a matter; what followed."""
    answers = json.dumps({'register': {**REGISTER, **changes}}, ensure_ascii=False)
    return duban.json('start', 'matter', '--as', 'office/officer', '--answers', answers)


def test_init_makes_a_government_that_can_work_at_once(duban: Shell) -> None:
    assert '某县建好了，流程已发布' in duban('init', '--tenant', 'zx', '--name', '某县', '--level', '县')
    assert '某县现在是' in duban('clock', 'show') and '真实时间' in duban.out
    assert '已经有内容，没有改动' in duban.refused('init', '--demo')


def test_an_empty_database_is_told_as_such(duban: Shell) -> None:
    assert '先运行 duban init' in duban.refused('tasks')
    assert '表建好了' in duban('init')
    assert '还没有一个政府，先运行 duban init' in duban.refused('tasks')


def test_accounts_are_added_with_units_and_posts(office: Shell) -> None:
    said = office('account', 'add', 'czj/liaison', '--unit-name', '财政局', '--post-name', '联络员', '--login', 'czj',
                  stdin='不外传的密码 2\n')
    assert said == '账号建好了：财政局·联络员，登录名 czj\n'
    assert '密码至少8个字符' in office.refused('account', 'add', 'czj/liaison', '--login', 'x', stdin='短\n')
    assert '岗位要写成 单位代码/岗位' in office.refused('account', 'add', 'czj', stdin='不外传的密码 3\n')
    assert '没有“nobody/liaison”这个岗位' in office.refused('account', 'add', 'nobody/liaison', stdin='不外传的密码 4\n')


def test_templates_are_written_for_a_modeler(office: Shell, tmp_path: Path) -> None:
    made = json.loads(office('templates'))
    assert {'duban.person', 'duban.decision', 'duban.reminder.send'} <= {one['id'] for one in made}
    assert json.loads(office('templates', *SHIPPED)) == made
    assert '写好了' in office('templates', '--out', str(tmp_path / 'duban.json'))
    assert json.loads((tmp_path / 'duban.json').read_text()) == made
    assert '写不了文件' in office.refused('templates', '--out', str(tmp_path))
    assert '读不了文件' in office.refused('templates', str(tmp_path / 'nothing.bpmn'))


def test_tokens_are_shown_once_and_revoked(office: Shell) -> None:
    first = office('account', 'token', 'zx-office-officer').splitlines()[0]
    made = office.json('account', 'token', 'zx-office-officer')
    assert made['token'] != first and made['token'].startswith('2.')
    assert office.json('account', 'revoke', 'zx-office-officer')['revoked'] == 2
    assert '收回了0个令牌' in office('account', 'revoke', 'zx-office-officer')
    assert '没有登录名是“nobody”的账号' in office.refused('account', 'token', 'nobody')
    assert '没有登录名是“nobody”的账号' in office.refused('account', 'revoke', 'nobody')


def test_a_matter_goes_on_from_hand_to_hand(office: Shell) -> None:
    made = begin(office)
    assert made['code'] == 'DB-2020-001' and [one['post'] for one in made['opened']] == ['gov/principal']
    assert [one['element'] for one in office.json('tasks', '--post', 'gov/principal')] == ['approve']
    said = office('complete', 'DB-2020-001/approve', '--as', 'gov/principal', '--data', AGREED)
    assert '已办：DB-2020-001 制定项目时间进度表' in said and '现在由发改局·联络员办：签收' in said
    task = office.json('tasks', '--matter', 'DB-2020-001')[0]
    assert (task['element'], task['post'], task['title']) == ('sign', 'fgj/liaison', '制定项目时间进度表')
    office('complete', task['task'], '--as', 'fgj/liaison')
    assert office.code == 0
    trail = office.json('trace', 'DB-2020-001')
    assert {'task.completed', 'notice.issued', 'fact.changed'} <= {event['kind'] for event in trail}
    assert '发改局·联络员' in office('trace', made['matter']) and '轨迹完整' in office('verify', '--matter', 'DB-2020-001')
    assert office.json('verify')['whole'] is True


def test_what_is_refused_is_said_at_the_field(office: Shell) -> None:
    found = begin(office, due_at=None, lead_unit=None)
    assert office.code == 1 and found['fields'] == {'due_at': ['请填写办结时限'], 'lead_unit': ['请选择牵头单位']}
    assert '还有2处要修改' in found['error']
    assert office.json('tasks') == [], 'nothing of it was kept'


def test_another_post_may_not(office: Shell) -> None:
    begin(office)
    sentence = office.refused('complete', 'DB-2020-001/approve', '--as', 'fgj/liaison', '--data', AGREED)
    assert '这一步由县政府·主要领导办，发改局·联络员不能代办' in sentence


def test_a_task_is_done_once(office: Shell) -> None:
    task = begin(office)['opened'][0]['task']
    office('complete', task, '--as', 'gov/principal', '--data', AGREED)
    assert '刚刚已经有人办了这一步' in office.refused('complete', task, '--as', 'gov/principal', '--data', AGREED)
    assert '现在没有“approve”这个任务等人办' in office.refused('complete', 'DB-2020-001/approve', '--as', 'gov/principal')


REFUSED = [
    (['start', 'matter', '--as', 'nobody'], '没有“nobody”这个岗位'),
    (['start', 'nothing', '--as', 'office/officer'], '没有叫“nothing”的流程'),
    (['start', 'matter', '--as', 'office/officer', '--data', '{'], '--data 不是完整的 JSON（第1行）'),
    (['start', 'matter', '--as', 'office/officer', '--data', '[]'], '--data 要写成一个对象'),
    (['start', 'matter', '--as', 'office/officer', '--data', '{x'], '请检查引号、逗号和括号。'),
    (['start', 'matter', '--as', 'office/officer', '--data', '@nowhere.json'], '读不了文件 nowhere.json：没有这个文件'),
    (['complete', 'x', '--as', 'office/officer'], '任务要写 id，或者 事项编号/环节'),
    (['complete', 'DB-1999-001/sign', '--as', 'office/officer'], '没有找到事项“DB-1999-001”'),
    (['trace', 'DB-1999-001'], '没有找到事项“DB-1999-001”'),
    (['tasks', '--tenant', 'nowhere'], '没有代码为“nowhere”的政府；现有：zx'),
    (['retry', '99'], '没有99号故障'),
    (['param', 'get', 'warn_days'], '没有叫“warn_days”的参数，是不是：'),
    (['param', 'get', 'nope'], '没有叫“nope”的参数。'),
    (['param', 'set', 'warning_days', '三'], '您填的是三'),
    (['param', 'set', 'warning_days'], '写明新的值，或者用 --default 回到默认值'),
    (['clock', 'set', 'yesterday'], '时间要写成 2026-03-02'),
    (['clock', 'advance', '2020-05-01'], '时钟只能往前走'),
    (['calendar', 'import', 'nowhere.csv'], '读不了文件 nowhere.csv'),
    (['clock', 'set', '9999-12-31'], '日期要在1900年到2199年之间'),
    (['clock', 'workdays', '2000000000'], '日期要在1900年到2199年之间'),
    (['clock', 'advance', '99999d'], '日期要在1900年到2199年之间'),
    (['simulate', '--day', '9999-12-31'], '日期要在1900年到2199年之间'),
    (['backtest', '--resume', '99'], '没有99号回放'),
    (['backtest', '--resume', '0'], '没有0号回放'),
    (['check', 'x' * 300], '读不了文件 xxx'),
    (['check', '\udcb6\udcbd.bpmn'], '编码不是 UTF-8'),
    (['simulate', '--steps', '1', '--story', 'nowhere/a.story'], '写不了文件 nowhere/a.story：没有这个文件夹'),
    (['templates', '--out', 'tests'], '写不了文件 tests：这是文件夹'),
    (['start', 'matter', '--as', 'office/officer', '--data', '@tests'], '读不了文件 tests：这是文件夹'),
    (['start', 'matter', '--as', 'office/officer', '--data', '{"due_at": "2020-02-30"}'], '事实 due_at 不能写成“2020-02-30”'),
    (['start', 'matter', '--as', 'office/officer', '--data', '{"title": {"a": 1}}'], '事实 title 不能写成'),
    (['start', 'matter', '--as', 'office/officer', '--data', '{"title": "\\u0000"}'], '事实 title 不能写成'),
    (['decide', 'lamp', '--data', '{"due_at": "2020-02-30"}'], '“2020-02-30”不是日期'),
    (['check', 'nowhere'], '读不了文件 nowhere：没有这个文件'),
    (['deploy', str(ROOT / 'tests' / 'bench')], '里没有流程图')]


def test_every_refusal_is_one_sentence(office: Shell) -> None:
    for words, sentence in REFUSED:
        assert sentence in office.refused(*words)
        assert sentence in office.json(*words)['error']


@pytest.mark.parametrize('words, sentence', [
    (['verify', '--matter', ''], '--matter 后面要写一个值'), (['tasks', '--tenant', ' '], '--tenant 后面要写一个值'),
    (['retry', '9' * 30], '数太大'), ([], '还缺 动作'), (['fly'], '没有'), (['complete', 'x'], '还缺 --as'), (['tasks', '--limit', 'many'], '要写整数'),
    (['clock', 'workdays'], '还缺 几个'), (['clock', 'advance', '-P1D'], '还缺 时间（“-P1D”以减号开头'),
    (['init', '--level', '村'], '只有'), (['tasks', 'much', 'more'], '多了 much more')])
def test_a_command_that_is_not_understood_ends_with_2(duban: Shell, words: list[str], sentence: str,
                                                       capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as end:
        duban(*words)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert '命令没有看懂' in said and sentence in said


def test_the_clock_is_shown_set_and_moved(office: Shell) -> None:
    assert office('clock', 'show') == '某县现在是2020-05-07 周四 09:00（演示时钟）\n'
    assert '2020-05-09 周六 09:00' in office('clock', 'workdays', '2')         # a worked Saturday
    assert '2020-05-12 周二 09:00' in office('clock', 'advance', '3d')
    assert '2020-05-13 周三 09:00' in office('clock', 'advance', '2020-05-13')
    assert '没有等着的期限了' in office.refused('clock', 'next')
    begin(office)
    assert '2020-05-14 周四 09:00' in office('clock', 'next', '--as', 'office/officer')
    assert '2020-06-01 周一 08:00' in office('clock', 'set', '2020-06-01T08:00')
    assert '到期的都办了' in office('work', '--until-idle')
    assert '真实时间' in office('clock', 'set', 'real')


def test_the_clock_does_not_go_back_behind_the_trail(office: Shell) -> None:
    begin(office)
    assert '2020-05-08 周五 08:00' in office('clock', 'set', '2020-05-08T08:00')
    assert office.refused('clock', 'set', '2019-01-01') == (
        '某县的演示时钟只能往前走，设不到2019-01-01 09:00：现在是2020-05-08 08:00，最后一条记录是2020-05-08 08:00的。请设到这以后的时间。\n')
    assert '2020-05-08 周五 08:00' in office('clock', 'set', '2020-05-08T08:00')
    assert '最后一条记录' in office.refused('clock', 'set', '2020-05-08T07:59')
    office('clock', 'set', 'real')
    assert '最后一条记录' in office.refused('clock', 'set', '2020-05-09')
    assert '2199-01-01' in office('clock', 'set', '2199-01-01')
    assert '真实时间还没有走到那里' in office.refused('clock', 'set', 'real')
    assert '2199-01-01' in office('clock', 'show')
    assert office('verify') and office.code == 0


def test_the_trail_is_held_against_a_witness_kept_elsewhere(office: Shell, tmp_path: Path) -> None:
    begin(office)
    kept = str(tmp_path / '存根.json')
    assert '轨迹完整' in office('verify', '--keep', kept)
    assert '已经有了，存根不覆盖旧的' in office.refused('verify', '--keep', kept)
    assert '的存根一致' in office('verify', '--against', kept)
    assert '没有这个文件' in office.refused('verify', '--against', str(tmp_path / '没有.json'))
    told = json.loads(Path(kept).read_text())
    chain = next(iter(told['ends']))
    told['ends'][chain][1] = '0' * 64
    Path(kept).write_text(json.dumps(told))
    assert '整段重写过' in office('verify', '--against', kept) and office.code == 1
    assert office.json('verify', '--against', kept)['whole'] is False


def test_a_government_that_is_not_there_is_not_called_whole(office: Shell) -> None:
    assert 'qq' in office.refused('--tenant', 'qq', 'verify')


def test_a_password_is_read_as_utf_8(office: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.TextIOWrapper(io.BytesIO('密码密码2020\n'.encode('gbk')), encoding='utf-8')
    monkeypatch.setattr(io, 'TextIOWrapper', lambda *_: typed)
    assert '密码不是 UTF-8 文字' in office.refused('account', 'add', 'office/officer', '--login', 'x')


def test_a_list_holds_at_least_one_task(office: Shell) -> None:
    for count in ('-1', '0', '100001'):
        assert '--limit' in office.refused('tasks', '--limit=' + count)


def test_parameters_are_shown_and_changed(office: Shell) -> None:
    assert office('param', 'get', 'warning_days').startswith('warning_days = 3  ')
    assert len(office.json('param', 'get')) > 30
    assert '现在是“5”' in office('param', 'set', 'warning_days', '5', '--as', 'office/head')
    assert office('param', 'get', 'warning_days').startswith('warning_days = 5（本地）')
    assert office.json('param', 'set', 'warning_days', '--default')['own'] is False


def test_a_calendar_is_imported_and_deadlines_follow(office: Shell, tmp_path: Path) -> None:
    made = begin(office)
    office('complete', 'DB-2020-001/approve', '--as', 'gov/principal', '--data', AGREED)
    file = tmp_path / 'days.csv'
    file.write_text('日期,安排,说明\n2020-05-27,休,防汛演练\n', encoding='utf-8')
    assert '改了1天' in office('calendar', 'import', str(file), '--source', '某县通知') and '时限已重新计算' in office.out
    moved = [event for event in office.json('trace', made['matter']) if event['kind'] == 'timer.moved']
    assert moved, 'the warning three working days before the deadline moved'
    file.write_text('日期,安排\n不是日期,休\n', encoding='utf-8')
    assert '日历文件没有导入' in office.refused('calendar', 'import', str(file))


def test_starts_by_working_days_follow_the_calendar(office: Shell, tmp_path: Path) -> None:
    (tmp_path / 'daily.bpmn').write_bytes(diagrams.bpmn(
        diagrams.start('begin', diagrams.timer('cycle', '${every_workdays(1)}')),
        diagrams.user('greet', camunda_candidateGroups='office/officer', camunda_formRef=None), diagrams.end(),
        diagrams.chain('begin', 'greet', 'done'), ident='daily'))
    office('deploy', *SHIPPED, str(tmp_path))
    file = tmp_path / 'days.csv'
    file.write_text('日期,安排,说明\n2020-05-08,休,防汛\n', encoding='utf-8')
    office('calendar', 'import', str(file), '--source', '某县通知')
    office('clock', 'advance', '2020-05-08T12:00')
    assert office.json('tasks') == []
    file.write_text('日期,安排,说明\n2020-05-08,班,照常\n', encoding='utf-8')
    office('calendar', 'import', str(file), '--source', '某县通知')
    office('work', '--until-idle')
    assert [task['element'] for task in office.json('tasks')] == ['greet'], 'the morning has come in the meantime'


@pytest.mark.parametrize(('kind', 'text'), [
    ('cycle', '${every_workdays(1)}'), ('date', "${workdays('2020-05-07T09:00:00+08:00', 1)}")])
def test_timers_of_a_process_without_a_matter_follow_the_calendar(office: Shell, tmp_path: Path, kind: str,
                                                                   text: str) -> None:
    person = {'camunda_candidateGroups': 'office/officer', 'camunda_formRef': None}
    (tmp_path / 'care.bpmn').write_bytes(diagrams.line(
        diagrams.user('work', **person), between=('work',), ident='care', extra=diagrams.boundary(
            'due', 'work', diagrams.timer(kind, text), stops=False) + diagrams.user('nudge', **person)
        + diagrams.end('nudged') + diagrams.chain('due', 'nudge', 'nudged')))
    office('deploy', *SHIPPED, str(tmp_path))
    file = tmp_path / 'days.csv'
    for day in ('休', '班'):
        file.write_text(f'日期,安排,说明\n2020-05-08,{day},县里定的\n', encoding='utf-8')
        office('calendar', 'import', str(file), '--source', '某县通知')
        if day == '休':
            office('start', 'care', '--as', 'office/officer')
    office('clock', 'advance', '2020-05-08T12:00')
    assert sorted(task['element'] for task in office.json('tasks')) == ['nudge', 'work']


def test_messages_and_signals_find_who_waits(office: Shell, tmp_path: Path) -> None:
    heard = diagrams.event('message', 'm'), diagrams.event('signal', 'sg')
    (tmp_path / 'orders.bpmn').write_bytes(diagrams.line(
        diagrams.catch('paid', heard[0]), diagrams.catch('shipped', heard[1]), between=('paid', 'shipped'), ident='orders',
        roots=diagrams.message() + diagrams.signal()))
    office('deploy', *SHIPPED, str(tmp_path))
    for key in ('A-1', 'A-2'):
        office('start', 'orders', '--key', key, '--data', '{"unit": "%s"}' % key.lower(), '--as', 'office/officer')
    assert '有2份流程在等“m”这条消息' in office.refused('message', 'm')
    assert '要写成 名字=值' in office.refused('message', 'm', '--where', 'unit')
    assert '消息 m 已发出' in office('message', 'm', '--key', 'A-1', '--data', '{"paid": 3}')
    assert '没有流程在等“m”这条消息而且unit是“a-1”' in office.refused('message', 'm', '--where', 'unit=a-1')
    office('message', 'm', '--where', 'unit=a-2')
    assert '没有流程在等信号“nothing”' in office.refused('signal', 'nothing')
    assert '信号 s 已发出' in office('signal', 's')
    office('work', '--until-idle')
    assert '没有流程在等信号“s”' in office.refused('signal', 's')


def test_messages_reach_the_processes_of_a_matter(office: Shell) -> None:
    begin(office)
    said = office('message', 'due_changed', '--matter', 'DB-2020-001', '--data', '{"due_at": "2020-06-30"}',
                  '--as', 'office/officer')
    assert '消息 due_changed 已发出' in said
    changed = [event for event in office.json('trace', 'DB-2020-001') if event['kind'] == 'fact.changed'][-1]
    assert changed['data']['due_at'] == {'old': '2020-05-31', 'new': '2020-06-30'}
    assert '没有流程在听“nothing”' in office.refused('message', 'nothing', '--matter', 'DB-2020-001')


def test_bundles_are_checked_and_deployed(office: Shell, tmp_path: Path) -> None:
    assert '可以发布' in office('check', *SHIPPED) and office.code == 0
    assert office.json('deploy', *SHIPPED)['version'] == 1, 'nothing changed'
    form = json.loads((ROOT / 'forms' / 'sign.form').read_text())
    form['properties']['verb'] = '收到'
    (tmp_path / 'sign.form').write_text(json.dumps(form))
    assert '在用的是第2版' in office('deploy', str(tmp_path), '--note', '改了按钮', '--as', 'office/head')
    assert 'matter.bpmn' in office.json('deploy', str(tmp_path))['files'], 'the other files stay'
    drawn = (ROOT / 'workflows' / 'closing.bpmn').read_text()
    (tmp_path / 'closing.bpmn').write_text(drawn.replace('"gov/deputy"', '"gvo/deputy"'))
    assert '“gvo/deputy”哪个政府都没有，是不是“gov/deputy”？' in office('deploy', str(tmp_path))
    assert 'closing.bpmn' in {one['file'] for one in office.json('deploy', str(tmp_path))['warnings']}
    for folder in SHIPPED:
        for path in Path(folder).glob('*.*'):
            if path.suffix in ('.bpmn', '.dmn', '.form', '.docx') and path.name not in ('sign.form', 'approve.form'):
                (tmp_path / path.name).write_bytes(path.read_bytes())
    found = office.json('check', str(tmp_path))
    assert office.code == 1 and any(one['severity'] == 'refuse' for one in found)
    assert '必须修改' in office.refused('deploy', str(tmp_path), '--only')
    assert '没有待处理的故障' in office('incidents')


BROKEN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="d" targetNamespace="urn:duban">
  <process id="broken" name="走不下去" isExecutable="true">
    <startEvent id="begun" name="开始"><outgoing>f1</outgoing></startEvent>
    <userTask id="receive" name="收下" camunda:formRef="sign" camunda:candidateGroups="${number(title)}/liaison">
      <incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <endEvent id="ended" name="结束"><incoming>f2</incoming></endEvent>
    <sequenceFlow id="f1" sourceRef="begun" targetRef="receive"/>
    <sequenceFlow id="f2" sourceRef="receive" targetRef="ended"/>
  </process>
</definitions>"""


def test_a_diagram_that_fails_becomes_an_incident(office: Shell, tmp_path: Path) -> None:
    (tmp_path / 'broken.bpmn').write_text(BROKEN)
    office('deploy', str(tmp_path), *SHIPPED)
    assert office.code == 0, office.err
    office('start', 'broken', '--as', 'office/officer', '--data', '{"title": "不是数字"}')
    assert office.code == 3 and '流程走不下去了，什么都没有改动' in office.err and '故障号' in office.err
    found = office.json('incidents')
    assert [(one['verb'], one['state'] if 'state' in one else 'open') for one in found] == [('start', 'open')]
    assert '1号 zx broken/receive 收下：' in office('incidents') and '当时的值' not in office.out
    assert '请办理人再提交一次' in office('retry', str(found[0]['id']))
    assert '没有待处理的故障' in office('incidents')


def test_the_values_of_an_incident_are_words(office: Shell) -> None:
    error = Broken('算不出来', expression='a + 1', values={
        'progress_percent': None, 'ok': True, 'n': 3, 'title': '报送', 'units': ['fgw', None], 'share': {'late': False}})
    engine = db.connect(os.environ['DATABASE_URL'])
    incident.open_(engine, error, tenant_id='zx', verb='start', process='matter')
    engine.dispose()
    assert '当时的值 progress_percent = 空，ok = 是，n = 3，title = “报送”，units = [“fgw”、空]，share = {late：否}' in office(
        'incidents')


def test_a_wrong_address_of_the_database_is_said(
        duban: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / '台账.xlsx'
    other.write_bytes(b'PK' * 999)
    for address in ('nonsense', 'oracle+nothing://x/y', 'mysql://x/y', 'postgresql://x@:port/y', 'sqlite://'):
        monkeypatch.setenv('DATABASE_URL', address)
        assert 'DATABASE_URL 写得不对' in duban.refused('tasks')
    for address in ('sqlite:////nowhere/at/all.sqlite3', f'sqlite:///{other}'):
        monkeypatch.setenv('DATABASE_URL', address)
        for verb in ('tasks', 'upgrade'):
            assert '数据库用不了' in duban.refused(verb)


def test_several_governments_must_be_told_apart(office: Shell) -> None:
    begin(office)
    engine = db.connect(os.environ['DATABASE_URL'])
    with db.writing(engine) as session:
        session.add(Tenant(id='ax', name='另一县', level='县', covered_until=STARTS.date()))
    engine.dispose()
    assert '有2个政府，请用 --tenant 写明是哪一个：ax（另一县）、zx（某县）' in office.refused('tasks')
    assert len(office.json('tasks', '--tenant', 'zx')) == 1
    assert len(office.json('--tenant', 'zx', 'tasks')) == 1, 'before the verb as well'
    assert '没有找到事项' in office.refused('trace', 'DB-2020-001', '--tenant', 'ax')


def test_it_runs_as_a_program_from_any_folder(database: str, tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, '-m', 'engine', 'tasks'], capture_output=True, text=True, cwd=tmp_path,
                         env={**os.environ, 'DATABASE_URL': database, 'PYTHONPATH': str(ROOT), 'PYTHONUTF8': '1'})
    assert ran.returncode == 1 and '先运行 duban init' in ran.stderr and 'Traceback' not in ran.stderr
