"""Rules about Word templates: whether a step's is there, and whether each can be filled in as it stands."""
from collections.abc import Collection, Iterator
from typing import Any

from engine.definition import Element
from engine.document import NAMES, SUFFIX
from engine.errors import Refused
from engine.finding import REFUSE, WARN, Both, Finding, Spot, rule
from engine.gate import brace
from engine.gate.scene import Scene
from engine.gate.source import UNREADABLE
from engine.gate.vocabulary import hint

MISSING = rule('document.missing', REFUSE, '{it}的参数“{name}”写的文书模板“{what}”不在这一包里{hint}',
               'The Word template "{what}", input "{name}" of {it}, is not in the bundle{hint}')
_RULES = {
    'unknown': rule('template.unknown', REFUSE, '文书模板{it}里的“{what}”没有人填，请改成“文书模板”一页上列着的名字{hint}',
                    'Nobody fills "{what}" in the Word template {it}; use a name that the page of templates lists{hint}'),
    'column': rule('template.column', REFUSE, '文书模板{it}里的“{what}”没有这一列{beside}。',
                   'There is no such column as "{what}", named in the Word template {it}{beside}.'),
    'syntax': rule('template.syntax', REFUSE, '文书模板{it}里的花括号没有写对，填不出来：{what}。',
                   'The braces in the Word template {it} cannot be read: {what}.'),
    'braces': rule('template.braces', REFUSE,
                   '文书模板{it}里的“{what}”没有人填，会照原样印出来：名字写在两对英文半角的花括号里，像{{{{ 标题 }}}}。',
                   'Nobody fills "{what}" in the Word template {it}; it would be printed as it stands: write a name in two '
                   'pairs of half-width braces.'),
    'forbidden': rule('template.forbidden', REFUSE,
                      '文书模板{it}里用了“{what}”：模板里只能写名字、如果（if）、逐行（for 行 in 清单）和default、join这几个过滤器。',
                      'The Word template {it} uses "{what}"; only names, if, for over a list, and a few filters may stand there.'),
    'number': rule('template.number', REFUSE,
                   '文书模板{it}里拿“{what}”和数比：模板里的值都是文字，请比文字（例如 == "0"），或者用如果（if）看有没有。',
                   'The Word template {it} compares "{what}" with a number; its values are texts: compare with a text '
                   '(such as == "0"), or ask by if whether there is one.'),
    'full': rule('template.unfit', REFUSE,
                 '文书模板{it}里的比较、过滤器或者逐行用不上，填不出来：名字的值都是文字，清单是一行行的文字。',
                 'The Word template {it} cannot be filled in: values are texts, lists are rows of texts; see that its '
                 'comparisons, filters and loops go with them.'),
    'empty': rule('template.unfit_empty', REFUSE, '文书模板{it}里有名字空着就填不出来，请先用如果（if）看有没有。',
                  'The Word template {it} cannot be filled in where a name is empty: ask by if whether there is a value.'),
    'picture': rule('template.picture', WARN, '文书模板{it}里有图片或者文本框，只在Word文件里有，网页和PDF上没有；文字请写在正文或者表格里。',
                    'Pictures and text boxes of the Word template {it} are in the Word file alone, not on the page or '
                    'in the PDF; write texts in paragraphs or tables.'),
    'revision': rule('template.revision', WARN, '文书模板{it}里还有没有接受的修订，签发的Word文件会带着；请在Word里接受或者拒绝全部修订，再另存。',
                     'The Word template {it} holds tracked changes, and every document issued would hold them, too; '
                     'accept or reject them all in Word and save it again.')}


def check(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the templates of a bundle, and with the steps that name one."""
    for diagram in scene.diagrams:
        for element in diagram.definition.elements.values():
            for name, what in _named(scene, element):
                if '{' not in what and what not in scene.templates:
                    yield MISSING.at(diagram.at(element), name=name, what=what, hint=hint(what, scene.templates))
    for stem, content in scene.templates.items():
        yield from _template(scene, stem, content)


def _named(scene: Scene, element: Element) -> Iterator[tuple[str, str]]:
    for name in scene.topics.get(element.topic, {}).get('documents', ()):
        if element.inputs.get(name, '').strip():
            yield name, element.inputs[name].strip()


def _template(scene: Scene, stem: str, content: bytes) -> Iterator[Finding]:
    from engine.document import template                   # what reads Word takes half a second to load
    spot, further = Spot(stem + SUFFIX), frozenset(_further(scene, stem))
    try:
        for problem in template.check(content, spot.file, further):
            yield _RULES[problem.kind].at(spot, **{'what': problem.what, **_helped(problem, {*NAMES, *further})})
    except Refused as error:
        yield UNREADABLE.at(spot, cause=error.said)


def _helped(problem: Any, known: Collection[str]) -> dict[str, Both]:
    """What helps to put it right."""
    if problem.kind == 'unknown':
        return {'hint': hint(problem.what, known)}
    if problem.kind == 'syntax':
        return {'what': brace.told(problem.what, problem.beside)}
    there = Both(f'；这个清单有：{problem.beside}', f'; there are: {problem.beside}')
    return {'beside': there if problem.beside else Both('', '')}


def _further(scene: Scene, stem: str) -> Iterator[str]:
    """The names that the drawing hands over besides those that every template may use."""
    for diagram in scene.diagrams:
        for element in diagram.definition.elements.values():
            taken: dict[str, Any] = scene.topics.get(element.topic, {})
            if '*' in taken.get('optional', {}) and any(
                    what == stem or '{' in what for _name, what in _named(scene, element)):
                yield from element.inputs.keys() - taken['required'].keys() - taken['optional'].keys()
