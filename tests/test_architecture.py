"""The house's laws that a program can check: one way of imports, one door to each library, one commit."""
import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RANK = [['errors', 'clock', 'identifier', 'db', 'statement', 'upsert', 'xml', 'remember', 'setting'], ['speech', 'workcal', 'expression', 'upload', 'sheet'], ['channel', 'finding', 'form', 'decision', 'permit', 'document'],
        ['definition', 'story'], ['gate', 'normalise', 'spiff', 'repair', 'comparison'], ['directory', 'plan', 'phrase', 'savedview', 'token'], ['ledger', 'history', 'milestone', 'statistic', 'contact', 'usertask', 'inbox', 'pace', 'job', 'number'],
        ['parameter', 'schedule', 'deployment', 'following', 'roster', 'suspension', 'authority', 'substitution'], ['outbox', 'visibility', 'circulation'], ['actions'], ['export', 'attachment', 'comment', 'urging', 'publication', 'founding', 'template', 'instance', 'coverage', 'draft', 'trial', 'release', 'sharing'], ['incident', 'handover', 'seal', 'witness'], ['intervention', 'assignment'], ['migration', 'breakdown'], ['worker'], ['schema', 'demo', 'simulation', 'proof', 'backtest'], ['command'], ['__main__']]
LEVEL = {room: level for level, rooms in enumerate(RANK) for room in rooms}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob('*.py'))]


@cache
def parsed(path: Path) -> list[ast.AST]:
    """Every node of a file's tree."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, inside functions too; `from engine import x` counts as engine.x,
    and so for webapp."""
    found = set()
    for node in parsed(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
            if node.module in ('engine', 'webapp'):
                found |= {f'{node.module}.{alias.name}' for alias in node.names}
    return found


def room(path: Path) -> str:
    parts = path.relative_to(ROOT / 'engine').parts
    return parts[0].removesuffix('.py')


@pytest.mark.parametrize('path', sources('engine'), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    own = room(path)
    if own in ('__init__', 'data'):
        return
    assert own in LEVEL, f'engine/{own} has no place in the order of rooms: add it to RANK'
    for module in imported(path):
        parts = module.split('.')
        if parts[0] == 'engine' and len(parts) > 1 and parts[1] != own and (ROOT / 'engine' / parts[1]).exists() | (
                ROOT / 'engine' / f'{parts[1]}.py').exists():
            assert LEVEL[parts[1]] <= LEVEL[own], f'{own} must not import {module}'


def test_the_engine_knows_no_web() -> None:
    web = {'flask', 'werkzeug', 'webapp', 'flask_sqlalchemy', 'flask_login', 'flask_babel', 'waitress'}
    for path in sources('engine'):
        assert not {module.split('.')[0] for module in imported(path)} & web, path


@pytest.mark.parametrize(('library', 'door'), [
    ('SpiffWorkflow', 'engine/spiff'), ('argon2', 'engine/directory'), ('zstandard', 'engine/spiff'),
    ('docxtpl', 'engine/document'), ('xlsxwriter', 'engine/sheet'),
    ('alembic', 'engine/schema')])
def test_each_library_has_one_door(library: str, door: str) -> None:
    for path in sources('engine', 'webapp'):
        if library in {module.split('.')[0] for module in imported(path)}:
            assert str(path.relative_to(ROOT)).startswith(door), path


def test_the_engine_fills_word_templates_only() -> None:
    places = {room(path) for path in sources('engine') if 'jinja2' in {module.split('.')[0] for module in imported(path)}}
    assert places <= {'document'}


def test_there_is_one_commit() -> None:
    places = [str(path.relative_to(ROOT)) for path in sources('engine', 'webapp') if '.commit(' in path.read_text()]
    assert places == ['engine/db.py']


def test_no_code_is_run_but_by_the_safe_evaluator() -> None:
    for path in sources('engine', 'webapp'):
        calls = {node.func.id for node in parsed(path)
                 if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        if calls & {'eval', 'exec', 'compile', '__import__'}:
            assert str(path.relative_to(ROOT)).startswith('engine/expression'), path


def test_only_the_history_writes_the_trail() -> None:
    for path in sources('engine', 'webapp'):
        text = path.read_text()
        if 'Event.__table__.insert' in text or 'plan.insert(Event' in text:
            assert str(path.relative_to(ROOT)) in ('engine/history.py', 'engine/instance/step.py'), path


def test_no_room_is_called_a_drawer() -> None:
    drawers = {'models', 'utils', 'helpers', 'services', 'manager', 'common', 'misc'}
    assert not [path for path in sources('engine', 'webapp') if path.stem in drawers or path.parent.name in drawers]


def test_no_import_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for path in sources('engine', 'webapp'):
        name = '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')
        graph[name] = imported(path)
    names = set(graph)
    edges = {name: {target for target in targets if target in names and target != name
                    and not name.startswith(f'{target}.')} for name, targets in graph.items()}
    done: set[str] = set()
    for start in edges:
        stack, path = [(start, iter(edges[start]))], [start]
        while stack and start not in done:
            _, children = stack[-1]
            child = next((each for each in children if each not in done), None)
            if child is None:
                done.add(stack.pop()[0])
                path.pop()
            else:
                assert child not in path, f'cycle: {" -> ".join([*path[path.index(child):], child])}'
                path.append(child)
                stack.append((child, iter(edges[child])))
