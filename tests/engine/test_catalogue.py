"""The table of what can be drawn: every row is shown by a small diagram that runs, or that is found fault with."""
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from engine import deployment, gate
from engine.finding import REFUSE
from engine.gate import catalogue
from engine.gate.catalogue import Row
from engine.spiff import Library
from tests.engine.proofs import PROOFS, Proof
from tests.engine.scenes import bundle, check
from tests.engine.test_gate import CASES, SAMPLE, mutated
from tests.engine.walker import Walker

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = [row for _, rows in catalogue.rows() for row in rows]
SHARED = {code for code, count in Counter(row.rule.code for row in ROWS if row.rule).items() if count > 1}


def proof(row: Row) -> Proof:
    """The diagram of a row; where one row alone speaks for a rule, the drawing that proves the rule will do."""
    if row.id not in PROOFS and row.rule and row.rule.code not in SHARED:
        return Proof(next(case.wrong for case in CASES if case.code == row.rule.code))
    return PROOFS[row.id]


@pytest.mark.parametrize('row', ROWS, ids=lambda row: row.id)
def test_a_row_is_true(row: Row) -> None:
    shown = proof(row)
    found = check(shown.files)
    if row.rule:
        assert row.rule.code in {finding.code for finding in found}
    if row.rule is None or row.rule.severity != REFUSE:
        assert [finding.zh for finding in found if finding.severity == REFUSE] == []
    if row.rule is None:
        assert shown.walk or (ROOT / shown.where).is_file()
    if shown.walk:
        walk(shown)


def walk(shown: Proof) -> None:
    """Do what a walk says, and look."""
    files = shown.files if isinstance(shown.files, dict) else {'p.bpmn': shown.files}
    called = [data for name, data in files.items() if name.endswith('.bpmn') and name != 'p.bpmn']
    walker = Walker(files['p.bpmn'], *called, **shown.values)
    walker.thrown.update(shown.thrown)
    for word in shown.walk.split():
        _step(walker, word)


def _step(walker: Walker, word: str) -> None:
    sign, rest = word[0], word[1:]
    if sign == '=':
        assert walker.open == sorted(filter(None, rest.split(','))), (word, walker.log)
    elif sign == '+':
        walker.later(**{{'d': 'days', 'h': 'hours'}[rest[-1]]: float(rest[:-1])})
    elif sign in '!~':
        walker.hear(rest, 'message' if sign == '!' else 'signal')
    elif sign == '@':
        walker.set(**_values(rest))
    elif sign == '>':
        element, _, times = rest.partition('*')
        assert walker.log.count(element) >= int(times or 1), (word, walker.log)
    elif sign == '<':
        assert rest not in walker.log, (word, walker.log)
    elif sign == '?':
        assert rest in walker.sent, (word, walker.sent)
    elif sign == '.':
        assert walker.run.done, walker.open
    else:
        element, which, values = re.fullmatch(r'(\w+)(?:#(\d))?(?::(.*))?', word).groups()
        walker.done(element, int(which or 0), **_values(values or ''))


def _values(text: str) -> dict[str, object]:
    name, _, value = text.partition('=')
    return {name: int(value) if value.isdigit() else value} if name else {}


@pytest.mark.parametrize('seed', range(100))
def test_a_damaged_drawing_ends_in_findings_or_can_be_built(seed: int) -> None:
    dice = random.Random(seed)
    files = bundle(PROOFS[dice.choice(sorted(PROOFS))].files)
    files['p.bpmn'] = mutated(files.get('p.bpmn', SAMPLE), dice)
    if not any(finding.severity == REFUSE for finding in check(files)):
        Library(deployment.read(files))


def test_every_proof_has_a_row_and_every_rule_a_line() -> None:
    assert PROOFS.keys() - {row.id for row in ROWS} == set()
    text = catalogue.document()
    assert [rule.code for rule in gate.rules() if f'`{rule.code}`' not in text] == []


def test_the_table_in_the_folder_is_the_one_that_is_checked() -> None:
    written = (ROOT / 'workflows' / 'README.md').read_text()
    assert written == catalogue.document(), 'python -m engine.gate.catalogue > workflows/README.md'
