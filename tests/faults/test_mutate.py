"""Spoilt bundles: each ends in findings or in a version that works, within five seconds and 512 MB."""
import string
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from engine import actions, clock, db, deployment, directory, instance
from engine.errors import Broken, Refused, Undeployable
from engine.finding import Finding
from engine.ledger import FACTS
from tests.faults.case import OFFICER, TENANT, register
from tests.faults.jail import failures
from tests.faults.mutate import Mutation
from tests.workflows.story import bundle_files

SHIPPED = bundle_files()
PINNED: tuple[int, ...] = ()
"""Seeds that once found something."""

_PART = 250


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The soak's seeds in parts."""
    if 'seeds' in metafunc.fixturenames:
        last = 10_000 + metafunc.config.getoption('mutations')
        metafunc.parametrize('seeds', [range(first, min(last, first + _PART)) for first in range(10_000, last, _PART)],
                             ids=lambda seeds: f'{seeds.start}-{seeds.stop - 1}')


def test_spoilt_bundles_are_refused_or_work(url: str) -> None:
    first = 0 if url.startswith('sqlite') else 100              # other ones on each database
    _all_end_well(url, [*PINNED, *range(first, first + 100)])


@pytest.mark.soak
def test_many_spoilt_bundles(url: str, seeds: range) -> None:
    _all_end_well(url, seeds)


def _all_end_well(url: str, seeds: Any) -> None:
    failed = failures(seeds, lambda seed: _attempt(url, Mutation(SHIPPED, seed)))
    assert not failed, '\n\n'.join(f'seed {seed}: {Mutation(SHIPPED, seed).said}\n{said}'
                                   for seed, said in failed.items())


def _attempt(url: str, spoilt: Mutation) -> None:
    """Deploy it; what was refused says where and why, what was not is used."""
    engine = db.connect(url)
    try:
        _use(engine, spoilt)
    finally:
        engine.dispose()


def _use(engine: Engine, spoilt: Mutation) -> None:
    topics = {topic: known.parameters() for topic, known in actions.known().items()}
    with db.reading(engine) as session:                    # nothing is committed: each begins from the shipped bundle
        tenant = directory.tenant(session, TENANT)
        try:
            made = deployment.deploy(session, TENANT, spoilt.files, '流程管理员', '', clock.now(tenant), topics, FACTS)
        except Undeployable as refused:
            for finding in refused.findings:
                _says_something(finding, spoilt)
            return
        bundle = deployment.bundle(session, made.id)
        _begin(session, bundle, spoilt)
        _draw(session, bundle, spoilt)
        session.rollback()


def _says_something(finding: Finding, spoilt: Mutation) -> None:
    assert finding.zh.strip(string.whitespace) and finding.en.strip(), finding
    assert finding.file in spoilt.files, finding
    assert finding.line is None or finding.line >= 1, finding


def _begin(session: Any, bundle: deployment.Bundle, spoilt: Mutation) -> None:
    """A matter, and beside it every process that was touched. A diagram that fails while it runs says so."""
    try:
        matter = register(session)
        matter.flush(session)
        for process in {Path(name).stem for name in spoilt.touched} & bundle.processes.keys() - {'matter'}:
            instance.start(session, TENANT, process, OFFICER, matter_id=matter.matter_id)
    except (Refused, Broken):
        return


def _draw(session: Any, bundle: deployment.Bundle, spoilt: Mutation) -> None:
    """Every form that was touched, empty and filled in at random; every table, on the facts of a new matter."""
    touched = {Path(name).stem for name in spoilt.touched}
    for ident in touched & bundle.forms.keys():
        _draw_form(session, ident)
    facts = instance.blank_view(session, TENANT, next(iter(bundle.forms)), OFFICER, {}) if bundle.forms else None
    for ident in touched & bundle.tables.keys() if facts else ():
        try:
            bundle.tables[ident].decide(facts.scope, facts.functions)
        except (Refused, Broken):
            continue


def _draw_form(session: Any, ident: str) -> None:
    seen = instance.blank_view(session, TENANT, ident, OFFICER, {})
    try:
        seen.form.page(seen.scope, seen.functions)
        seen.form.fields_for(None, seen.scope, seen.functions)
        seen.form.check({name: 'x' for name in seen.form.fields}, seen.scope, seen.functions)
    except (Refused, Broken):
        return
