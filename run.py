#!/usr/bin/env python3
"""督办 Duban，一条命令装好并运行 (one command sets everything up and runs it).

  python3 run.py                    装好、建演示库、启动 (set up, make the demo, start)
  python3 run.py test [--all] [...] 全部测试，其余参数交给 pytest (the whole suite; more goes to pytest)
  python3 run.py soak [--seeds 1000] [--mutations 10000] [...]
                                    长时间的测试：随机流程图、改坏的文件 (what takes long)
  python3 run.py bench [...]        性能数字 (the figures)
  python3 run.py setup              只安装 (set up only)

The standard library only: nothing is installed yet when this file runs. Steps whose input has not changed are skipped.
"""
import sys

if sys.platform not in ('linux', 'darwin'):
    sys.exit('督办在 Linux 和 macOS 上运行；Windows 上请用 WSL。 (Duban runs on Linux and macOS; on Windows use WSL.)')
if sys.version_info < (3, 11):
    sys.exit('督办需要 Python 3.11 或更新的版本，这里是 %d.%d。请装好后再运行：python3.11 run.py'
             ' (Duban needs Python 3.11 or newer.)' % sys.version_info[:2])

import fcntl
import hashlib
import http.client
import importlib.util
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / '.venv'
PYTHON = VENV / 'bin' / 'python'
VAR = ROOT / 'var'
LOCK = ROOT / 'requirements.lock'
FRONTEND = ROOT / 'webapp' / 'frontend'
BUNDLE = ROOT / 'webapp' / 'static' / 'built' / 'manifest.json'
DEMO = VAR / 'duban.sqlite3'
ACCOUNTS = VAR / 'demo.txt'
FIRST_PORT, PORTS = 8000, 20
GRACE_S = 10                # how long a child may take to stop
PATIENCE_S = 60             # how long the pages may take to answer for the first time
LONGEST_PAUSE_S = 30        # between two restarts of a child that keeps crashing
NPM_LIMIT_S = 300


class Failed(Exception):
    """A step failed; the message says what to do and shows the end of what the program printed."""


# ---- showing progress


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def step(number: int, total: int, title: str, aloud: bool = False) -> Iterator[None]:
    """Show that something is going on and for how long; on a terminal the seconds count, unless it speaks itself."""
    head, start, over = f'第{number}步/共{total}步 {title}', time.monotonic(), threading.Event()
    terminal = sys.stdout.isatty() and not aloud

    def tick() -> None:
        while not over.wait(1):
            print(f'\r{head} … {time.monotonic() - start:.0f}秒', end='', flush=True)

    print(f'{head} …', end='' if terminal else '\n', flush=True)
    ticker = threading.Thread(target=tick, daemon=True)
    if terminal:
        ticker.start()
    try:
        yield
    finally:
        over.set()
        if terminal:
            ticker.join()
        seconds = f'{time.monotonic() - start:.1f}秒'
        say(f'\r{head} … {seconds}' if terminal else f'  用时 {seconds}')


def run(command: list[str | Path], cwd: Path = ROOT, limit_s: float | None = None, aloud: bool = False,
        **environment: str) -> str:
    """What `command` printed on its standard output. When `aloud`, what it says on standard error is seen at once.

    :raises Failed: it ended with an error, or took longer than `limit_s`.
    """
    path = f'{VENV / "bin"}{os.pathsep}{os.environ.get("PATH", "")}'
    try:
        done = subprocess.run([str(part) for part in command], cwd=cwd, timeout=limit_s, stdin=subprocess.DEVNULL,
                              env={**os.environ, 'PATH': path, **environment}, text=True, encoding='utf-8',
                              errors='replace', stdout=subprocess.PIPE, stderr=None if aloud else subprocess.PIPE)
    except subprocess.TimeoutExpired:
        raise Failed(f'{Path(command[0]).name} 超过{limit_s:.0f}秒没有做完') from None
    if done.returncode:
        said = ((done.stderr or '').strip() or done.stdout.strip()).splitlines()
        raise Failed('\n'.join([f'{Path(command[0]).name} 出错（代码 {done.returncode}）：', *said[-15:]]))
    return done.stdout


# ---- what has changed since the last time


def digest(*parts: bytes | str) -> str:
    return hashlib.sha256(b'\0'.join(p if isinstance(p, bytes) else p.encode() for p in parts)).hexdigest()


def unchanged(name: str, value: str, product: Path) -> bool:
    """Was `product` made from just this input?"""
    stamp = VAR / 'stamps' / name
    return product.exists() and stamp.exists() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    (VAR / 'stamps').mkdir(parents=True, exist_ok=True)
    (VAR / 'stamps' / name).write_text(value)


@contextmanager
def only_one(file: Path, otherwise: Callable[[str], None]) -> Iterator[int]:
    """Hold `file` as a lock; `otherwise` is told what its holder wrote into it, then we wait."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_RDWR | os.O_CREAT, 0o644), 'r+', encoding='utf-8') as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            otherwise(handle.read())
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.fileno()


# ---- setting up


def set_up(total: int, complete: bool) -> None:
    """The virtual environment, its packages and the browser bundle: steps 1 to 3 of `total`.

    `complete`: a bundle that cannot be built is a failure. Otherwise the pages do without.
    """
    with only_one(VAR / 'setup.lock', lambda _: say('另一个 run.py 正在安装，等它做完 … (waiting for another set-up)')):
        environment = digest(sys.version, sys.base_prefix, str(ROOT))
        if not unchanged('venv', environment, PYTHON):
            with step(1, total, '建立 Python 环境 (.venv)'):
                make_venv()
            stamp('venv', environment)
        packages = digest(environment, LOCK.read_bytes())
        if not unchanged('packages', packages, VENV / 'bin' / 'duban'):
            with step(2, total, '安装 Python 组件 (packages)'):
                install_packages()
            stamp('packages', packages)
        sources = digest(packages, *(file.read_bytes() for file in bundle_sources()))
        if not unchanged('bundle', sources, BUNDLE):
            try:
                with step(3, total, '构建看图和画图的部分 (browser bundles)'):
                    build_bundle(packages)
                stamp('bundle', sources)
            except Failed as failure:
                if complete:
                    raise
                (VAR / 'bundle.log').write_text(str(failure), encoding='utf-8')
                say('看图和画图的部分这次没有装成，办理页面照常可用，图由文字经过代替；下次启动再试。原因在 var/bundle.log'
                    ' (No diagrams this time; everything else works.)')


def make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    interpreter = getattr(sys, '_base_executable', sys.executable)
    if shutil.which('uv'):
        try:
            run(['uv', 'venv', '--quiet', '--python', interpreter, VENV])
            return
        except Failed:
            shutil.rmtree(VENV, ignore_errors=True)
    if not all(map(importlib.util.find_spec, ('venv', 'ensurepip'))):
        raise Failed('这个 Python 缺少 venv。Debian、Ubuntu 上请先运行：sudo apt install python3-venv'
                     ' (This Python lacks venv.)')
    run([interpreter, '-m', 'venv', VENV])


def install_packages() -> None:
    """By uv where it is at hand, else by pip; both check every hash."""
    try:
        if not shutil.which('uv'):
            raise Failed('')
        run(['uv', 'pip', 'sync', '--quiet', '--compile-bytecode', '--require-hashes', '--python', PYTHON, LOCK])
    except Failed:
        run([PYTHON, '-m', 'ensurepip'])
        run([PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps',
             '--require-hashes', '-r', LOCK])
    command = VENV / 'bin' / 'duban'
    command.write_text(f'#!/bin/sh\n: "${{DATABASE_URL:=sqlite:///{DEMO}}}"\nexport DATABASE_URL PYTHONPATH="{ROOT}"\n'
                       f'exec "{PYTHON}" -m engine "$@"\n', encoding='utf-8')
    command.chmod(0o755)


def bundle_sources() -> list[Path]:
    folders = [FRONTEND, *(f for f in FRONTEND.iterdir() if f.is_dir() and f.name != 'node_modules')]
    return sorted(file for folder in folders for file in folder.iterdir() if file.is_file())


def build_bundle(packages: str) -> None:
    """With the node that came as a Python package. No package of npm's may run a script of its own."""
    modules = digest(packages, (FRONTEND / 'package-lock.json').read_bytes())
    if not unchanged('npm', modules, FRONTEND / 'node_modules'):
        run([VENV / 'bin' / 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error',
             '--fetch-retries=1', '--fetch-timeout=60000'], cwd=FRONTEND, limit_s=NPM_LIMIT_S)
        stamp('npm', modules)
    run([VENV / 'bin' / 'node', 'build.mjs'], cwd=FRONTEND, limit_s=NPM_LIMIT_S)


def make_database(total: int) -> str:
    """The address of the database: the one in DATABASE_URL, which `duban init` has made, else the demo's file."""
    given = os.environ.get('DATABASE_URL')
    if given:
        return given
    if not DEMO.exists():
        with step(4, total, '建立演示库 (demo)', aloud=True):
            make_demo()
    return f'sqlite:///{DEMO}'


def make_demo() -> None:
    """Made under another name and moved when whole: a demo that was interrupted is made anew."""
    draft = VAR / 'demo.part' / DEMO.name
    shutil.rmtree(draft.parent, ignore_errors=True)
    draft.parent.mkdir(parents=True)
    accounts = run([PYTHON, '-m', 'engine', 'init', '--demo'], aloud=True, DATABASE_URL=f'sqlite:///{draft}',
                   PYTHONUTF8='1')
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')       # all of it in the one file that moves
    ACCOUNTS.write_text(accounts, encoding='utf-8')
    draft.replace(DEMO)
    shutil.rmtree(draft.parent)


# ---- running


class Child:
    """A process that is started again when it ends by itself, after a pause that grows while it keeps ending."""

    def __init__(self, title: str, module: list[str], environment: dict[str, str], lock: int) -> None:
        self.title, self._lock = title, lock
        self._command, self._environment = [str(PYTHON), '-m', *module], environment
        self._pause = 1
        self.start()

    def start(self) -> None:
        self._since, self._again = time.monotonic(), None
        # In a session of its own: Ctrl-C reaches run.py alone, which stops its children in turn. They inherit the
        # lock, so that it tells of them even if run.py itself is killed.
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL,
                                        start_new_session=True, pass_fds=[self._lock])

    def tend(self) -> bool:
        """Start it again when it is gone and the pause over; tells whether it was."""
        now = time.monotonic()
        if self._again is None and self.process.poll() is not None:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_S) if now - self._since < LONGEST_PAUSE_S else 1
            self._again = now + self._pause
            say(f'{self.title}意外退出（代码 {self.process.returncode}），{self._pause}秒后重新启动 (restarting)')
        if self._again is None or now < self._again:
            return False
        self.start()
        return True

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def serve(started: float) -> int:
    total = 5
    with only_one(VAR / 'run.lock', refuse_second) as lock:
        set_up(total, complete=False)
        database = make_database(total)
        host = os.environ.get('HOST', '127.0.0.1')
        port = free_port(host)
        environment = {**os.environ, 'DATABASE_URL': database, 'HOST': host, 'PORT': str(port), 'PYTHONUTF8': '1'}
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        web = Child('网页服务', ['webapp'], environment, lock)
        children = [web, Child('定时任务', ['engine', 'work'], environment, lock)]
        note(lock, host, port, children)
        try:
            if not answers(web, host, port, stop):
                return 0 if stop.is_set() else 1
            say(f'第5步/共{total}步 已启动 (running)，{time.monotonic() - started:.1f}秒：http://{host}:{port}/')
            if not os.environ.get('DATABASE_URL') and ACCOUNTS.exists():
                say(ACCOUNTS.read_text(encoding='utf-8').rstrip())
            say('按 Ctrl-C 停止 (Ctrl-C stops it)')
            while not stop.wait(0.3):
                if any([child.tend() for child in children]):
                    note(lock, host, port, children)
        finally:
            for child in reversed(children):
                child.stop()
            os.ftruncate(lock, 0)
    say('已停止 (stopped)')
    return 0


def note(lock: int, host: str, port: int, children: list[Child]) -> None:
    """Leave word in the lock's file for whoever comes second."""
    text = f'http://{host}:{port}/ {" ".join(str(c.process.pid) for c in children)}\n'
    os.ftruncate(lock, 0)
    os.pwrite(lock, text.encode(), 0)


def refuse_second(word: str) -> None:
    address, _, children = word.strip().partition(' ')
    if not address:
        raise Failed('另一个 run.py 正在启动，请看那边 (another run.py is starting)')
    raise Failed(f'督办已经在运行：{address}。要重新启动，先在那边按 Ctrl-C'
                 f'；若那边已经关掉，先运行：kill {children} (already running)')


def free_port(host: str) -> int:
    """PORT when given, else the first free one from 8000 on.

    :raises Failed: PORT is no port, or somebody has it.
    """
    given = os.environ.get('PORT')
    if given:
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise Failed(f'PORT 应是1到65535之间的数，现在是：{given} (PORT is not a port)')
        if not is_free(host, int(given)):
            raise Failed(f'端口 {given} 已被别的程序占用，请换一个：PORT=9000 python3 run.py (port busy)')
        return int(given)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        if is_free(host, port):
            return port
        say(f'端口 {port} 已被占用，改用下一个 (port busy, trying the next)')
    raise Failed('没有空闲的端口，请指定一个：PORT=9000 python3 run.py (no free port)')


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Failed(f'端口 {port} 要管理员权限，请用1024以上的端口 (port needs root)') from None
        except socket.gaierror:
            raise Failed(f'HOST 不是这台机器的地址：{host} (HOST is not an address of this machine)') from None
        except OSError:
            return False
    return True


def answers(web: Child, host: str, port: int, stop: threading.Event) -> bool:
    """Wait until the pages answer; False when they ended, or it was asked to stop."""
    limit, near = time.monotonic() + PATIENCE_S, '127.0.0.1' if host == '0.0.0.0' else '::1' if host == '::' else host
    while time.monotonic() < limit and not stop.is_set():
        if web.process.poll() is not None:
            say('网页服务没有启动起来，原因见上 (the pages did not start; see above)')
            return False
        with closing(http.client.HTTPConnection(near, port, timeout=2)) as connection:
            try:
                connection.request('GET', '/healthz')
                if connection.getresponse().status == 200:
                    return True
            except OSError:
                pass
        stop.wait(0.1)
    if not stop.is_set():
        say(f'网页服务{PATIENCE_S}秒没有应答 (the pages do not answer)')
    return False


def become(*arguments: str, **environment: str) -> int:
    """Hand this process over to the project's Python."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *arguments],
              {**os.environ, 'PATH': f'{VENV / "bin"}{os.pathsep}{os.environ.get("PATH", "")}', **environment})


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    sys.stdout.reconfigure(errors='replace')
    command, rest = (arguments[0], arguments[1:]) if arguments else ('', [])
    complete = os.environ.get('CI') == 'true' or '--all' in rest
    rest = [argument for argument in rest if argument != '--all']
    if command == '':
        return serve(started)
    if command not in ('test', 'soak', 'bench', 'setup'):
        say(__doc__)
        return 0 if command in ('help', '-h', '--help') else 2
    set_up(3, complete)
    wanted = {'DUBAN_TEST_ALL': '1'} if complete else {}
    if command == 'test':
        side_by_side = ['-n', str(min(4, os.cpu_count() or 1)), '--dist', 'loadgroup']
        return become('-m', 'pytest', *side_by_side, *rest, **wanted)
    if command == 'soak':
        return become('-m', 'pytest', '-m', 'soak', *rest, **wanted)
    if command == 'bench':
        return become('-m', 'tests.bench', *rest, **wanted)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit('\n已停止；做完的步骤下次不再重做 (stopped; what is done stays done)')
