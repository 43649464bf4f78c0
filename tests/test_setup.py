"""What a newcomer meets first: run.py, the locks, the README. Nothing here needs the network."""
import ast
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding='utf-8')


def test_run_needs_the_standard_library_only() -> None:
    """It is what installs everything else, and it never imports the engine."""
    imported = {name.split('.')[0] for node in ast.walk(ast.parse(read('run.py')))
                for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import)
                             else [node.module] if isinstance(node, ast.ImportFrom) else [])}
    assert imported <= sys.stdlib_module_names


def test_an_old_python_is_told_so_in_a_sentence() -> None:
    """It can only be told if it can read the file, and before any import that it does not have."""
    tree = ast.parse(read('run.py'), feature_version=(3, 6))
    checks = [n for n, node in enumerate(tree.body) if isinstance(node, ast.If) and 'sys.exit' in ast.unparse(node)]
    imports = [n for n, node in enumerate(tree.body) if isinstance(node, ast.Import) and node.names[0].name != 'sys']
    assert len(checks[:2]) == 2 and checks[1] < imports[0]


@pytest.mark.parametrize('name', ['requirements.lock', 'webapp/frontend/package-lock.json', 'webapp/frontend/.npmrc',
                                  'webapp/frontend/package.json', 'pyproject.toml'])
def test_no_lock_names_a_registry(name: str) -> None:
    """Everybody installs from the registry that their own machine is set up for."""
    assert not re.search(r'"resolved"|index-url|find-links|registry\s*=|://[^"\s]*(?:pypi|npm|pythonhosted)', read(name))


def test_the_lock_pins_by_hash_what_the_project_names() -> None:
    project = tomllib.loads(read('pyproject.toml'))['project']
    wanted = [*project['dependencies'], *(name for extra in project['optional-dependencies'].values() for name in extra)]
    locked = re.findall(r'^([a-z0-9-]+==[^\s;]+)((?: ;[^\\\n]*)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)',
                        read('requirements.lock'), re.MULTILINE)
    pins = {pin for pin, _ in locked}
    assert {re.sub(r'\[.*\]', '', name).lower() for name in wanted} <= pins
    assert len(pins) == len(re.findall(r'^[a-z]', read('requirements.lock'), re.MULTILINE))


def test_the_npm_lock_pins_by_hash_what_the_package_names() -> None:
    packages = json.loads(read('webapp/frontend/package-lock.json'))['packages']
    wanted = json.loads(read('webapp/frontend/package.json'))['devDependencies']
    assert packages['']['devDependencies'] == wanted
    assert all(re.fullmatch(r'\d+\.\d+\.\d+', version) for version in wanted.values())
    assert all(package['integrity'].startswith('sha512-') for name, package in packages.items() if name)


def test_readme_shows_commands_that_exist() -> None:
    """Every `python3 run.py …` of the README is a command of run.py."""
    commands = set(re.findall(r'python3 run\.py(?: ([a-z]+))?', read('README.md')))
    assert {'', 'test'} <= commands <= {'', *re.findall(r'^  python3 run\.py ([a-z]+)', run.__doc__, re.MULTILINE)}


def test_readme_shows_a_picture_that_exists() -> None:
    pictures = re.findall(r'!\[[^\]]+\]\(([^)]+)\)', read('README.md'))
    assert pictures and all((ROOT / picture).is_file() for picture in pictures)


def test_readme_names_every_setting() -> None:
    from webapp import config
    rows = dict(re.findall(r'^\| `([A-Z_]+)` \| ([^|]*) \|', read('README.md'), re.MULTILINE))
    assert set(rows) == {setting.name for setting in config.SETTINGS}
    assert {name: value.strip(' `') for name, value in rows.items()} == {s.name: s.default for s in config.SETTINGS}


def test_readme_names_every_verb() -> None:
    from engine.__main__ import parser
    verbs = next(action.choices for action in parser()._actions if action.dest == 'command')
    table = read('README.md').split('| 动词 |')[1].split('\n\n')[0]
    named = {verb for cell in re.findall(r'^\| (`.*?) \|', table, re.MULTILINE)
             for verb in re.findall(r'`([a-z]+)', cell)}
    assert named == set(verbs)


def test_run_web_and_command_line_mean_the_same_file() -> None:
    from engine.__main__ import DEFAULT_URL
    from webapp import config
    default = next(setting.default for setting in config.SETTINGS if setting.name == 'DATABASE_URL')
    assert DEFAULT_URL == default == f'sqlite:///{run.DEMO.relative_to(ROOT)}'


def test_an_unknown_command_is_answered_with_the_list() -> None:
    done = subprocess.run([sys.executable, 'run.py', 'tset'], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and 'python3 run.py test' in done.stdout


def test_unchanged_needs_the_product_and_the_same_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, 'VAR', tmp_path)
    product = tmp_path / 'product'
    run.stamp('x', run.digest('a'))
    assert not run.unchanged('x', run.digest('a'), product)
    product.touch()
    assert run.unchanged('x', run.digest('a'), product) and not run.unchanged('x', run.digest('b'), product)


def test_a_program_that_fails_is_quoted() -> None:
    with pytest.raises(run.Failed, match='代码 3.*\n.*no wheel'):
        run.run([sys.executable, '-c', 'import sys; print("no wheel", file=sys.stderr); sys.exit(3)'])


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(run.Failed, match='没有做完'):
        run.run([sys.executable, '-c', 'import time; time.sleep(60)'], limit_s=0.2)


def test_a_busy_port_is_said_and_passed_by(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.delenv('PORT', raising=False)
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(run, 'FIRST_PORT', port)
        assert port < run.free_port('127.0.0.1') < port + run.PORTS
        assert f'端口 {port} 已被占用' in capsys.readouterr().out
        monkeypatch.setenv('PORT', str(port))
        with pytest.raises(run.Failed, match='已被别的程序占用'):
            run.free_port('127.0.0.1')


@pytest.mark.parametrize('port', ['0', '65536', 'http'])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PORT', port)
    with pytest.raises(run.Failed, match='1到65535'):
        run.free_port('127.0.0.1')


def test_a_second_start_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    with run.only_one(tmp_path / 'lock', run.refuse_second) as lock:
        os.pwrite(lock, b'http://127.0.0.1:8000/ 41 42\n', 0)
        with pytest.raises(run.Failed, match=r'http://127.0.0.1:8000/.*kill 41 42'):
            with run.only_one(tmp_path / 'lock', run.refuse_second):
                raise AssertionError('two at once')


def test_a_crashed_child_comes_back_and_stops_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'short.py').write_text('import os, time\nopen(f"{os.getpid()}.seen", "w")\ntime.sleep(60)\n')
    monkeypatch.setattr(run, 'ROOT', tmp_path)
    monkeypatch.setattr(run, 'PYTHON', Path(sys.executable))
    with run.only_one(tmp_path / 'lock', run.refuse_second) as lock:
        child = run.Child('网页服务', ['short'], dict(os.environ), lock)
        first = child.process
        first.kill()
        first.wait()
        assert not child.tend() and child.process is first          # it waits before it tries again
        child._again = 0
        assert child.tend() and child.process.pid != first.pid
        child.stop()
        assert child.process.returncode is not None


def test_a_demo_that_was_interrupted_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file under its name is always a whole one."""
    for name, path in (('VAR', tmp_path), ('DEMO', tmp_path / 'duban.db'), ('ACCOUNTS', tmp_path / 'demo.txt')):
        monkeypatch.setattr(run, name, path)

    def init(command: list, DATABASE_URL: str, **_: object) -> str:
        file = DATABASE_URL.removeprefix('sqlite:///')
        with sqlite3.connect(file) as connection:
            connection.execute('CREATE TABLE t (x)')
        connection.close()
        if broken:
            raise run.Failed('interrupted')
        return '账号'

    monkeypatch.setattr(run, 'run', init)
    broken = True
    with pytest.raises(run.Failed):
        run.make_demo()
    assert not run.DEMO.exists()
    broken = False
    run.make_demo()
    assert run.DEMO.exists() and run.ACCOUNTS.read_text() == '账号'
