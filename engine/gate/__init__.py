"""The gate: reads a bundle and says, element by element, what would not run as drawn.

One module per family of rules; each rule is declared where it is applied (`engine.finding.rule`), so the
list of all of them is the list of what is decided. Nothing is deployed while a finding refuses.
"""
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from engine import decision, document, form, story
from engine.errors import Broken, Refused
from engine.expression import BUILTINS
from engine.finding import REFUSE, Both, Finding, Rule, Spot, rule, rules
from engine.gate import (asked, batch, between, data, event, language, paper, paths, permit, reading, shape, source,
                         telling, wording, work)
from engine.gate.names import written
from engine.gate.scene import Diagram, Scene

__all__ = ['Finding', 'Rule', 'check', 'parameters', 'rules', 'written']

TOO_DEEP = rule('process.too_deep', REFUSE, '{it}的子流程或互相调用套得太深，请拆开。',
                'The sub-processes or calls of {it} are nested too deeply; take them apart.')


def check(files: Mapping[str, bytes], topics: Mapping[str, Mapping], facts: Collection[str]) -> list[Finding]:
    """Everything the gate has to say about a bundle, refusals first, then by file and line.

    ``topics`` are the known actions with what they take and give, ``{topic: {'required': {name: …},
    'optional': {name: …}, 'returns': (name, …)}}``; ``*`` among the optional ones stands for any name.
    ``facts`` are the names of the ledger; as a mapping to its columns, days are told from moments. Any
    bytes are taken: what cannot be read is a finding.
    """
    found: list[Finding] = []
    scene = _scene(files, topics, facts, found)
    for diagram in scene.diagrams:
        try:
            found += _judged(scene, diagram)
        except RecursionError:
            found.append(TOO_DEEP.at(diagram.at(diagram.definition)))
    found += language.check_tables(scene)
    found += asked.check(scene)
    found += language.check_forms(scene)
    found += between.check(scene)
    found += telling.check(scene)
    found += paper.check(scene)
    order = ('refuse', 'repair', 'warn')
    return sorted(dict.fromkeys(found), key=lambda one: (order.index(one.severity), one.file, one.line or 0))


def _judged(scene: Scene, diagram: Diagram) -> list[Finding]:
    alone = reading.alone(diagram)
    found = [*alone.findings, *event.check(scene, diagram), *work.check(scene, diagram), *permit.check(scene, diagram), *language.check(scene, diagram),
             *batch.check(scene, diagram), *wording.check(scene, diagram)]
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


def _scene(files: Mapping[str, bytes], topics: Mapping[str, Mapping], facts: Collection[str],
           found: list[Finding]) -> Scene:
    diagrams: list[Diagram] = []
    tables: dict[str, tuple[str, decision.Decision]] = {}
    forms: dict[str, tuple[str, form.Form]] = {}
    stories: list[story.Story] = []
    templates: dict[str, bytes] = {}
    seen: dict[tuple[str, str], str] = {}
    for file in sorted(files):
        key = source.stem(file), source.suffix(file)
        if len(key[0]) > shape.ID_MOST:
            found.append(shape.TOO_LONG.at(Spot(file), what=Both('文件名', 'file name'), count=len(key[0]),
                                           most=shape.ID_MOST))
        if key in seen:
            found.append(source.TWICE.at(Spot(file), other=seen[key]))
            continue
        seen[key] = file
        try:
            if key[1] == '.bpmn':
                drawn, problems = reading.diagram(files[file], file)
                found += problems
                diagrams += [drawn] if drawn else []
            elif key[1] == '.dmn':
                graph = reading.table(files[file], file)
                found += source.decisions(graph, file, {one: tables[one][0] for one in tables})
                tables |= {one: (file, table) for one, table in graph.decisions.items()}
            elif key[1] == '.form':
                one = reading.form_of(files[file], file)
                forms[one.id] = file, one
                if one.id != key[0]:
                    found.append(source.FORM_STEM.at(Spot(file), id=one.id))
            elif key[1] == document.SUFFIX:
                templates[key[0]] = files[file]
            elif key[1] == story.SUFFIX:
                stories.append(story.read(files[file], file))
            else:
                found.append(source.UNKNOWN_FILE.at(Spot(file)))
        except Refused as error:
            found.append(source.UNREADABLE.at(Spot(file), cause=error.said))
    known = parameters(tables['parameters'][1]) if 'parameters' in tables else {}
    return Scene(diagrams, {ident: table for ident, (_, table) in tables.items()},
                 {ident: one for ident, (_, one) in forms.items()},
                 {ident: file for ident, (file, _) in tables.items()},
                 {ident: file for ident, (file, _) in forms.items()}, frozenset(known), topics,
                 frozenset(facts),
                 frozenset(_dates(facts)), language.HOST_FUNCTIONS | frozenset(BUILTINS), tuple(stories), templates)


def _dates(facts: Collection[str]) -> Iterator[str]:
    for name, column in facts.items() if isinstance(facts, Mapping) else ():
        if getattr(getattr(column, 'type', None), 'python_type', None) is date:
            yield name
