"""`duban simulate` and `duban decide`: a draft tried from the command line, with or without a database."""
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import db
from tests.databases import Sqlite
from tests.engine.test_command_line import Shell
from tests.engine.test_simulation import FILES, fingerprint, with_warning_days
from tests.workflows.story import Teller, moment, office

SCRIPT = {'register': {'title': '清理地方性法规', 'lead_unit': 'fgw', 'due_at': '2026-04-30'}, 'handle': None, 'report': None}


@pytest.fixture
def duban(tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell where no database has been made."""
    monkeypatch.setenv('DATABASE_URL', f'sqlite:///{tmp_path}/none.sqlite3')
    return Shell(capsys, monkeypatch)


@pytest.fixture
def real(_sqlite: Sqlite, monkeypatch: pytest.MonkeyPatch) -> Iterator[db.Engine]:
    """A database with a government in it, which the shell uses."""
    url = _sqlite.fresh(ready=True)
    engine = db.connect(url)
    office(engine, 'gz', moment('2026-03-02'))
    monkeypatch.setenv('DATABASE_URL', url)
    yield engine
    engine.dispose()
    _sqlite.drop(url)


@pytest.fixture
def script(tmp_path: Path) -> str:
    """Answers in a file: nobody ever handles the matter."""
    path = tmp_path / 'answers.json'
    path.write_text(json.dumps(SCRIPT, ensure_ascii=False))
    return str(path)


def test_a_run_is_told_day_by_day_and_summed_up(duban: Shell, script: str, tmp_path: Path) -> None:
    said = duban('simulate', '--day', '2026-03-02', '--answers', script, '--until', '2026-05-10')
    for part in ('在贵州省试“事项全生命周期”，从2026-03-02 周一 09:00开始', '等省发展改革委·联络员办“签收”，限2026-03-04 周三',
                 '到期：到期前3个工作日', '黄灯（原来绿灯）', '红灯（原来黄灯）', '下发督办通知书〔2026〕督办字第1号',
                 '清理地方性法规：还在办，红灯，超过时限8天', '下发通知书2件，扣0分', '还等省发展改革委·联络员办“组织承办”，限2026-04-30 周四',
                 '下一个期限：限期已到仍未办结 2026-05-15 周五 09:00'):
        assert part in said, part
    assert '{' not in said and 'None' not in said
    assert list(tmp_path.iterdir()) == [Path(script)], 'no database was made'


def test_a_draft_replaces_the_file_in_use_and_the_database_stays_as_it_was(
        duban: Shell, real: db.Engine, script: str, tmp_path: Path) -> None:
    before = fingerprint(real)
    draft = tmp_path / 'parameters.dmn'
    draft.write_bytes(with_warning_days(10))
    told = duban.json('simulate', str(draft), '--answers', script, '--until', '2026-05-10')
    warning = next(one['at'] for one in told['events'] if (one['kind'], one['element']) == ('timer.fired', 'warning_due'))
    assert warning.startswith('2026-04-16')
    assert told['summary'] == {'finished': False, 'overdue_days': 8, 'notices': 2, 'points': 0.0, 'stuck': {}}
    assert {'tokens', 'deadlines', 'tasks', 'notices', 'matter'} <= told['state'].keys()
    assert told['days'] and told['acts']
    assert fingerprint(real) == before


def test_the_story_of_a_random_run_is_kept_and_holds(duban: Shell, real: db.Engine, tmp_path: Path) -> None:
    path = tmp_path / 'kept.story'
    command = ('simulate', '--random', '7', '--day', '2026-03-02', '--steps', '15', '--story', str(path))
    assert '故事写到了' in duban(*command), 'what is tried in the database is told of the demo that it came from'
    Teller(real, path).tell()
    first = duban(*command, '--tenant', 'cz')
    # What happens at one moment in several processes may come in any order.
    assert sorted(first.splitlines()) == sorted(duban(*command, '--tenant', 'cz').splitlines())
    Teller(real, path).tell()


def test_what_cannot_be_tried_is_said(duban: Shell, script: str, tmp_path: Path) -> None:
    assert '只能写一个' in duban.refused('simulate', '--answers', script, '--random', '1')
    assert '时间要写成' in duban.refused('simulate', '--day', '3月2日')
    assert '没有代码为“xx”的政府' in duban.refused('simulate', '--tenant', 'xx')
    assert '没有叫“dance”的流程' in duban.refused('simulate', '--process', 'dance')
    assert '没有“moon/king”这个岗位' in duban.refused('simulate', '--as', 'moon/king')
    assert '没有这个文件' in duban.refused('simulate', '--answers', 'nowhere.json')
    for told, sentence in (({'dance': {}}, '“dance”不是图上的任务；有：.*approve'), ({'approve': 5}, '“approve”的答复要写成')):
        Path(script).write_text(json.dumps(told))
        assert re.search(sentence, duban.refused('simulate', '--answers', script))
    (tmp_path / 'matter.bpmn').write_bytes(FILES['matter.bpmn'].replace(b'formRef="approve"', b'formRef="nowhere"'))
    assert 'nowhere' in duban.refused('simulate', str(tmp_path / 'matter.bpmn'))


def test_a_table_says_which_rows_apply_and_why(duban: Shell) -> None:
    said = duban('decide', 'supervisor', '--data', '{"leader_post": "gov/deputy"}')
    assert '第1行适用：督办规则 "office"' in said and 'P00-26' in said and '答：supervisor_unit = office' in said
    assert duban.json('decide', 'supervisor')['rules'][0]['number'] == 1
    assert '没有叫“moon”的决策表；有：approver、' in duban.refused('decide', 'moon')
