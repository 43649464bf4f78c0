"""The gate: reads a bundle and says, element by element, what would not run as drawn.

One module per family of rules; each rule is declared where it is applied (`engine.finding.rule`), so the
list of all of them is the list of what is decided. Nothing is deployed while a finding refuses.
"""
from collections.abc import Collection, Mapping
from typing import Any

from engine import decision
from engine.errors import Broken, Refused
from engine.finding import REFUSE, Finding, Rule, rule, rules
from engine.gate import (asked, batch, between, data, event, language, paper, paths, permit, reading, several, telling,
                         wording, work)
from engine.gate.gathering import Gathering
from engine.gate.names import written
from engine.gate.scene import Diagram, Scene

__all__ = ['Finding', 'Rule', 'check', 'parameters', 'rules', 'written']

TOO_DEEP = rule('process.too_deep', REFUSE, '{it}的子流程或互相调用套得太深，请拆开。',
                'The sub-processes or calls of {it} are nested too deeply; take them apart.')


def check(files: Mapping[str, bytes], topics: Mapping[str, Mapping], facts: Collection[str],
          posts: Collection[str] | None = None) -> list[Finding]:
    """Everything the gate has to say about a bundle, refusals first, then by file and line.

    ``topics`` are the known actions with what they take and give, ``{topic: {'required': {name: …},
    'optional': {name: …}, 'returns': (name, …)}}``; ``*`` among the optional ones stands for any name.
    ``facts`` are the names of the ledger; as a mapping to its columns, days are told from moments. ``posts`` are
    those of all governments (``unit/post``), None where nobody knows. Any bytes are taken: what cannot be read is a
    finding.
    """
    read = Gathering()
    for file in sorted(files):
        read.take(file, files[file])
    found = read.found
    scene = read.scene(parameters(read.tables['parameters'][1]) if 'parameters' in read.tables else (), topics, facts)
    for diagram in scene.diagrams:
        try:
            found += _judged(scene, diagram)
        except RecursionError:
            found.append(TOO_DEEP.at(diagram.at(diagram.definition)))
    for family in (language.check_tables, asked.check, language.check_forms, between.check, telling.check, paper.check):
        found += family(scene)
    found += asked.absent(scene, posts) if posts is not None else ()
    order = ('refuse', 'repair', 'warn')
    return sorted(dict.fromkeys(found), key=lambda one: (order.index(one.severity), one.file, one.line or 0))


def _judged(scene: Scene, diagram: Diagram) -> list[Finding]:
    alone = reading.alone(diagram)
    found = [*alone.findings]
    for family in (event, work, permit, language, batch, several, wording):
        found += family.check(scene, diagram)
    if alone.whole:
        found += paths.check(scene, diagram)
        found += data.check(scene, diagram)
    return found


def parameters(table: decision.Decision) -> dict[str, dict[str, Any]]:
    """The rows of the table `parameters` in their order: name → value, label, unit, as its cells say.

    A row that names no parameter, or cannot be worked out by itself, is left out.
    """
    found = {}
    for one in table.table.rules if table.table else ():
        name = one.inputs[0].strip().strip('"') if one.inputs else ''
        try:
            found[name] = table.decide({'name': name}, {}).values
        except (Refused, Broken):
            continue
    found.pop('', None)
    return found
