"""Bundles become versions: hashed, kept by content, read once, never judged again when they are loaded."""
from datetime import datetime, timezone

import pytest
from sqlalchemy import Engine, event, func, select

from engine import deployment, gate
from engine.db import reading, writing
from engine.deployment import Resource
from engine.errors import Conflict, NotFound, Refused, Undeployable
from tests.engine.diagrams import (FACTS, TOPICS, bpmn, end, flow, form, line, node, parameters, service,
                                   start, table,
                                   user)

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
FILES = {'p.bpmn': line(user('a'), node('businessRuleTask', 'b', camunda_decisionRef='t'),
                        service('c', camunda_topic='facts.set', inputs={'noted': '1'}),
                        between=('a', 'b', 'c')),
         'f.form': form('f', 'answer', secret={'properties': {'persist': 'no'}}),
         't.dmn': table('t', ('level',), ('grade',), ('-', '"A"')),
         'parameters.dmn': parameters(warning_days='3', word='"督办"'),
         'README.md': '说明'.encode()}


def deploy(engine: Engine, files: dict[str, bytes], tenant: str = 'gz') -> tuple[int, int]:
    with writing(engine) as session:
        made = deployment.deploy(session, tenant, files, '流程管理员', '试', NOW, TOPICS, FACTS)
        return made.id, made.number


def test_a_bundle_is_read_whole() -> None:
    bundle = deployment.read(FILES)
    assert set(bundle.processes) == {'p'}
    assert (set(bundle.tables), set(bundle.forms)) == ({'t', 'parameters'}, {'f'})
    assert bundle.parameters['warning_days'] == {'value': 3, 'label': 'warning_days', 'unit': ''}
    assert bundle.parameters['word']['value'] == '督办'
    assert bundle.variables == {'answer', 'grade', 'noted'}
    assert bundle.files == FILES


def test_a_bundle_is_read_once_whatever_the_order_of_its_files() -> None:
    assert deployment.read(FILES) is deployment.read(dict(reversed(FILES.items())))
    other = deployment.read(FILES | {'README.md': b''})
    assert other.hash != deployment.read(FILES).hash
    assert deployment.digest({'a': b'b'}) != deployment.digest({'ab': b''})


def test_diagrams_are_normalised() -> None:
    bundle = deployment.read({'p.bpmn': bpmn(start(), user('a'), end(), flow('begin', 'a', id=None),
                                             flow('a', 'done'))})
    assert bundle.processes['p'].flow_between('begin', 'a') == 'begin__a'


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refused):
        deployment.read({'p.bpmn': b'<a'})


def test_a_version_is_kept_and_comes_back(engine: Engine) -> None:
    ident, number = deploy(engine, FILES)
    assert number == 1
    with reading(engine) as session:
        current = deployment.current(session, 'gz')
        assert (current.id, current.actor, current.note, current.deployed_at) == (ident, '流程管理员', '试', NOW)
        assert current.hash == deployment.digest(FILES)
        assert deployment.bundle(session, ident) is deployment.read(FILES)
        assert deployment.files(session, ident) == FILES
        assert deployment.current(session, 'cz') is None


def test_an_unchanged_bundle_makes_no_version(engine: Engine) -> None:
    first = deploy(engine, FILES)
    assert deploy(engine, dict(FILES)) == first
    changed = FILES | {'f.form': form('f', 'answer', 'more')}
    assert deploy(engine, changed)[1] == 2
    assert deploy(engine,
                  FILES)[1] == 3                              # back to the old one: a new version of its own
    with reading(engine) as session:
        assert [one.number for one in deployment.versions(session, 'gz')] == [3, 2, 1]
        assert session.scalar(select(func.count()).select_from(Resource)) == len(FILES) + 1


def test_tenants_count_their_own_versions(engine: Engine) -> None:
    assert deploy(engine, FILES, 'gz')[1] == deploy(engine, FILES, 'cz')[1] == 1


def test_what_the_gate_refuses_is_not_deployed(engine: Engine) -> None:
    with pytest.raises(Undeployable) as caught:
        deploy(engine, FILES | {'p.bpmn': line(user('a', camunda_candidateGroups=None), between=('a',))})
    assert [finding.code for finding in caught.value.findings] == ['task.nobody']
    assert '没有写明由谁办理' in str(caught.value)
    with reading(engine) as session:
        assert deployment.versions(session, 'gz') == []
        assert session.scalar(select(func.count()).select_from(Resource)) == 0


def test_repairs_and_warnings_do_not_stop_a_deployment(engine: Engine) -> None:
    repaired = bpmn(start(), user('a', camunda_formRef=None), end(), flow('begin', 'a', id=None),
                    flow('a', 'done'))
    assert {finding.severity for finding in gate.check({'p.bpmn': repaired}, TOPICS, FACTS)} == {'repair',
                                                                                                 'warn'}
    assert deploy(engine, {'p.bpmn': repaired})[1] == 1


def test_what_a_newer_gate_would_refuse_still_loads(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {'p.bpmn': line(user('a', camunda_candidateGroups=None), between=('a',)), 'f.form': form('f')}
    with monkeypatch.context() as patch:
        patch.setattr(gate, 'check', lambda *_: [])
        ident, _ = deploy(engine, refused)
    deployment._bundles.clear()
    with reading(engine) as session:
        assert set(deployment.bundle(session, ident).processes) == {'p'}


def test_a_known_version_costs_no_statement(engine: Engine) -> None:
    ident, _ = deploy(engine, FILES)
    with reading(engine) as session:
        deployment.bundle(session, ident)
    statements = []
    event.listen(engine, 'before_cursor_execute', lambda *given: statements.append(given[2]))
    with reading(engine) as session:
        assert deployment.bundle(session, ident).hash == deployment.digest(FILES)
    assert statements == []


def test_a_version_that_was_rolled_back_is_not_remembered(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as session:
        made = deployment.deploy(session, 'gz', FILES, '甲', '', NOW, TOPICS, FACTS)
        assert deployment.bundle(session, made.id).hash == deployment.digest(FILES)
        raise RuntimeError
    changed = FILES | {'README.md': b'2'}
    ident, _ = deploy(engine, changed)
    with reading(engine) as session:
        assert deployment.bundle(session, ident).hash == deployment.digest(changed)


def test_an_unknown_version_is_not_found(engine: Engine) -> None:
    with reading(engine) as session, pytest.raises(NotFound):
        deployment.bundle(session, 99)


def test_only_so_many_bundles_are_kept() -> None:
    for number in range(deployment._MOST_KEPT + 3):
        deployment.read({'README.md': str(number).encode()})
    assert len(deployment._bundles) == deployment._MOST_KEPT


def test_a_file_that_is_left_out_is_no_longer_there(engine: Engine) -> None:
    deploy(engine, FILES)
    without = {name: content for name, content in FILES.items() if name != 'README.md'}
    ident, number = deploy(engine, without)
    with reading(engine) as session:
        assert (number, set(deployment.files(session, ident))) == (2, set(without))


def test_of_two_deployments_at_the_same_instant_one_is_refused(engine: Engine,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(engine, FILES)
    monkeypatch.setattr(deployment, 'current', lambda *_: None)       # what the slower one saw before
    with pytest.raises(Conflict):
        deploy(engine, FILES | {'README.md': b'2'})
    monkeypatch.undo()
    with reading(engine) as session:
        assert [one.number for one in deployment.versions(session, 'gz')] == [1]
