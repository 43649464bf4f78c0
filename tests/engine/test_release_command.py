"""Versions and proposals on the command line: compare, propose, approve, follow; the same verbs as the pages."""
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import db, directory, publication
from engine.directory import Tenant
from engine.history import SYSTEM
from tests.engine.diagrams import form, line, parameters, user
from tests.engine.test_command_line import Shell
from tests.workflows.story import bundle_files, moment

STARTS = moment('2020-05-07 09:00')
FILES = {'p.bpmn': line(user('a', camunda_candidateGroups='office/officer'), between=('a',)),
         'f.form': form('f', 'answer'), 'parameters.dmn': parameters(release_approval='false')}


@pytest.fixture
def duban(server: Any, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell with two small governments that have the same version."""
    url = server.filled(_two_governments)
    monkeypatch.setenv('DATABASE_URL', url)
    yield Shell(capsys, monkeypatch)
    server.drop(url)


def _two_governments(url: str) -> None:
    engine = db.connect(url)
    with db.writing(engine) as session:
        for tenant, name in (('gz', '贵州省'), ('cz', '长治市')):
            made = Tenant(id=tenant, name=name, level='省', demo=True, virtual_at=STARTS,
                          covered_until=date(2020, 12, 31))
            session.add(made)
            session.flush()
            for unit, unit_name in (('office', '办公厅'), ('sft', '司法厅')):
                directory.add_unit(session, tenant, unit, unit_name, '部门')
                directory.add_post(session, tenant, unit, 'owner', '流程管理员')
            publication.publish(session, made, FILES, SYSTEM, '初版')
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same files on the disk, with one more question in the form."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / 'f.form').write_bytes(form('f', 'answer', 'more'))
    return tmp_path


GZ = ('--tenant', 'gz')


def test_a_folder_is_compared_and_proposed_for_a_later_day(duban: Shell, folder: Path) -> None:
    said = duban('release', 'compare', '--files', str(folder), *GZ)
    assert '改 f.form' in said and '加 单行文字“more”（more）' in said
    assert '等生效，2020-05-11起生效' in duban('deploy', str(folder), '--note', '多问一项', '--on', '2020-05-11', *GZ)
    assert '日子要写成' in duban.refused('deploy', str(folder), '--note', '改', '--on', '五月', *GZ)
    duban('clock', 'set', '2020-05-11', *GZ)
    duban('work', '--until-idle')
    listed = duban.json('release', 'list', *GZ)
    assert [one['version'] for one in listed['versions']] == [2, 1] and listed['proposals'][0]['state'] == 'done'
    difference, = duban.json('release', 'compare', '1', '2', *GZ)
    assert (difference['file'], difference['state'], difference['items'][0]['state']) == ('f.form', 'changed', 'added')
    assert '没有不同' in duban('release', 'compare', '2', *GZ)
    assert '没有第9版' in duban.refused('release', 'compare', '9', *GZ)


def test_an_old_version_comes_back(duban: Shell, folder: Path) -> None:
    duban('deploy', str(folder), *GZ)
    assert '写明提请哪些文件' in duban.refused('release', 'propose', '--note', '改', *GZ)
    assert '已生效' in duban('release', 'propose', '--version', '1', '--note', '改回去', *GZ)
    assert '没有不同' in duban('release', 'compare', '1', '3', *GZ)


def test_where_two_are_wanted_a_deployment_is_a_proposal(duban: Shell, folder: Path) -> None:
    duban('param', 'set', 'release_approval', '是', *GZ)
    assert '第1号提请 等批准' in duban('deploy', str(folder), '--note', '多问一项', '--as', 'office/owner', *GZ)
    assert '不能自己批准' in duban.refused('release', 'approve', '1', '--as', 'office/owner', *GZ)
    assert '由流程管理员办' in duban.refused('release', 'approve', '1', *GZ)
    assert '为什么退回' in duban.refused('release', 'return', '1', '--as', 'sft/owner', *GZ)
    assert '已退回' in duban('release', 'return', '1', '--opinion', '再想想', '--as', 'sft/owner', *GZ)
    duban('deploy', str(folder), '--note', '想过了', '--as', 'office/owner', *GZ)
    assert '已生效' in duban('release', 'approve', '2', '--as', 'sft/owner', *GZ)
    assert '已生效，不能再这样办' in duban.refused('release', 'withdraw', '2', '--as', 'office/owner', *GZ)


def test_what_is_shared_reaches_who_follows(duban: Shell, folder: Path) -> None:
    assert '还没有共享的流程' in duban.refused('follow', 'on', *GZ)
    (folder / 'f.form').write_bytes(FILES['f.form'])
    duban('deploy', str(folder), '--shared', '--note', '统一')
    duban('follow', 'on', *GZ)
    (folder / 'f.form').write_bytes(form('f', 'answer', 'more'))
    assert '贵州省：在用的是第2版' in duban('deploy', str(folder), '--shared', '--note', '多问一项')
    assert duban.json('follow', 'show', *GZ) == dict.fromkeys(sorted(FILES), 'shared')
    assert '没有在用共享的流程' in duban('follow', 'show', '--tenant', 'cz')
    assert '不能和' in duban.refused('deploy', str(folder), '--shared', *GZ)
    assert '都归本级' in duban('follow', 'off', *GZ)


def test_who_has_read_enough_may_go(duban: Shell) -> None:
    """`duban release list | head -1`: the reader is gone before the last word."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, '-m', 'engine', 'release', 'list', *GZ]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b'')


def test_templates_of_documents_are_kept_and_compared(duban: Shell, folder: Path) -> None:
    """A .docx goes with the bundle; of what is no text it is only said that it differs."""
    shipped = bundle_files()
    for name in ('issue_notice.docx', 'urging_notice.docx'):
        (folder / 'notice.docx').write_bytes(shipped[name])
        duban('deploy', str(folder), *GZ)
    assert duban('release', 'compare', '2', '3', *GZ).strip() == '改 notice.docx'
