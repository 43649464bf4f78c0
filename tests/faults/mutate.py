"""Spoils the shipped diagrams, tables and forms by chance, as editors, mergers, networks and people spoil them."""
import json
import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from tests.faults.nonsense import ATTRIBUTES, COMPONENTS, SPACES, TAGS, TEXTS, VALUES

_DEPTHS = (20, 150, 260, 900, 4000)


class Mutation:
    """What one seed does to the files: `files` afterwards, `said` in words, `touched` the names of the spoilt ones."""

    def __init__(self, files: Mapping[str, bytes], seed: int) -> None:
        self.files, self.said, self.touched, self._chance = dict(files), [], [], random.Random(seed)
        for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
            self._spoil(self._chance.choice(sorted(self.files)))

    def _spoil(self, name: str) -> None:
        how = self._chance.random()
        if how < 0.08:
            self._between(name)
        elif how < 0.2:
            self._raw(name)
        elif name.endswith('.form'):
            self._json(name)
        else:
            self._xml(name)

    def _note(self, name: str, *words: object) -> None:
        self.said.append(' '.join(str(word)[:60] for word in (name, *words)))
        self.touched.append(name)

    # -- whole files -------------------------------------------------------------------------------------------------
    def _between(self, name: str) -> None:
        other = self._chance.choice(sorted(self.files))
        kind = self._chance.choice(('drop', 'swap', 'copy', 'rename', 'ending'))
        self._note(name, kind, other)
        content = self.files[name]
        if kind == 'drop':
            del self.files[name]
        elif kind == 'swap':
            self.files[name], self.files[other] = self.files[other], content
        elif kind == 'copy':
            self.files[f'folder/{name}'] = self.files[other]
        elif kind == 'rename':
            self.files[f'x_{name}'] = self.files.pop(name)
        else:
            self.files[name.rpartition('.')[0] + self._chance.choice(('.bpmn', '.dmn', '.form'))] = self.files.pop(name)

    def _raw(self, name: str) -> None:
        data, chance = self.files[name], self._chance
        at, length = chance.randrange(len(data) or 1), chance.choice((1, 3, 40, 2000))
        part = data[at:at + length]
        there, text = chance.randrange(len(data) or 1), data.decode('utf-8', 'replace')
        kind, changed = chance.choice([
            ('empty', b''), ('truncate', data[:at]), ('cut', data[:at] + data[at + length:]), ('twice', data + data),
            ('repeat', data[:at] + part * 3 + data[at:]), ('move', data[:there] + part + data[there:]),
            ('noise', data[:at] + chance.randbytes(length) + data[at + length:]), ('mark', b'\xef\xbb\xbf' + data),
            ('latin', text.encode('latin-1', 'replace')), ('gbk', text.encode('gbk', 'replace')),
            ('utf-16', text.encode('utf-16'))])
        self._note(name, 'bytes:', kind, at)
        self.files[name] = changed

    # -- XML ---------------------------------------------------------------------------------------------------------
    def _xml(self, name: str) -> None:
        try:
            root = etree.fromstring(self.files[name])
        except (etree.XMLSyntaxError, ValueError):
            return self._raw(name)
        chance = self._chance
        process = next((node for node in root if etree.QName(node).localname in ('process', 'decision')), root)
        nodes = [node for node in (root if chance.random() < 0.15 else process).iter() if isinstance(node.tag, str)]
        kind = chance.choice(_XML)
        node = chance.choice(nodes)
        told = kind(chance, nodes, node)
        self._note(name, kind.__name__.strip('_'), etree.QName(node).localname, node.get('id', ''), told or '')
        self.files[name] = etree.tostring(root, xml_declaration=True, encoding='UTF-8')

    # -- JSON --------------------------------------------------------------------------------------------------------
    def _json(self, name: str) -> None:
        try:
            root = json.loads(self.files[name])
        except ValueError:
            return self._raw(name)
        chance, boxes = self._chance, []
        todo = [root]
        while todo:
            box = todo.pop()
            if isinstance(box, (dict, list)) and box:
                boxes.append(box)
                todo += box.values() if isinstance(box, dict) else box
        if not boxes:
            return self._raw(name)
        box, kind = chance.choice(boxes), chance.choice(_JSON)
        key = chance.choice(list(box)) if isinstance(box, dict) else chance.randrange(len(box))
        told = kind(chance, box, key, boxes)
        self._note(name, kind.__name__.strip('_'), key, told or '')
        self.files[name] = json.dumps(root, ensure_ascii=chance.random() < 0.5).encode('utf-8', 'surrogatepass')


Node = etree._Element


def _drop_attribute(chance: random.Random, nodes: list[Node], node: Node) -> str:
    key = chance.choice(list(node.attrib) or ['id'])
    node.attrib.pop(key, None)
    return key


def _rename_attribute(chance: random.Random, nodes: list[Node], node: Node) -> str:
    key = chance.choice(list(node.attrib) or ['id'])
    ours = chance.choice(('formRef', 'formKey', 'assignee', 'candidateGroups', 'topic', 'type', 'collection',
                          'asyncBefore', 'dueDate', 'nothing'))
    new = chance.choice([*ATTRIBUTES, key.rpartition('}')[2].title(), f'{{http://camunda.org/schema/1.0/bpmn}}{ours}'])
    node.set(new, node.attrib.pop(key, 'x'))
    return f'{key} → {new}'


def _borrow_attributes(chance: random.Random, nodes: list[Node], node: Node) -> None:
    for key, value in chance.choice(nodes).attrib.items():
        if key != 'id':
            node.set(key, value)


def _drop_element(chance: random.Random, nodes: list[Node], node: Node) -> None:
    if node.getparent() is not None:
        node.getparent().remove(node)


def _move_element(chance: random.Random, nodes: list[Node], node: Node) -> str:
    target = chance.choice(nodes)
    if node in target.iterancestors() or node is target or node.getparent() is None:
        return 'stays'
    target.insert(chance.randrange(len(target) + 1), node)
    return f'into {target.get("id")}'


def _double_element(chance: random.Random, nodes: list[Node], node: Node) -> None:
    if node.getparent() is not None:
        node.addnext(deepcopy(node))


def _double_id(chance: random.Random, nodes: list[Node], node: Node) -> str:
    given = [other.get('id') for other in nodes if other.get('id')]
    node.set('id', chance.choice(given or ['x']))
    return node.get('id')


def _fuzz_text(chance: random.Random, nodes: list[Node], node: Node) -> str:
    spoken = [other for other in nodes if (other.text or '').strip()]
    node = chance.choice(spoken or nodes)
    node.text = _spoilt(chance, node.text or '')
    return f'{etree.QName(node).localname}: {node.text}'


def _fuzz_attribute(chance: random.Random, nodes: list[Node], node: Node) -> str:
    key = chance.choice([*(key for key in node.attrib if chance.random() < 0.9), 'name'])
    node.set(key, _spoilt(chance, node.get(key, '')))
    return f'{key}: {node.get(key)}'


def _spoilt(chance: random.Random, text: str) -> str:
    at, kind = chance.randrange(len(text) + 1), chance.random()
    if kind < 0.35:
        return chance.choice(TEXTS)
    if kind < 0.6:
        return text[:at] + chance.choice(TEXTS) + text[at:]
    if kind < 0.8:
        return text[:at] + text[at + chance.choice((1, 1, 2, 8)):]
    if kind < 0.9:
        return text[:at] + chance.choice('(){}[]"\'+-*/<>=!&|?:;,.# 是１') + text[at + 1:]
    return text.swapcase() if kind < 0.95 else text * chance.choice((2, 50))


def _swap_values(chance: random.Random, nodes: list[Node], node: Node) -> str:
    key = chance.choice(list(node.attrib) or ['id'])
    others = [other for other in nodes if other.get(key) is not None and other is not node]
    if others and node.get(key) is not None:
        other = chance.choice(others)
        one, two = node.get(key), other.get(key)
        node.set(key, two)
        other.set(key, one)
    return key


def _swap_texts(chance: random.Random, nodes: list[Node], node: Node) -> None:
    other = chance.choice(nodes)
    node.text, other.text = other.text, node.text


def _swap_elements(chance: random.Random, nodes: list[Node], node: Node) -> None:
    other = chance.choice(nodes)
    if None in (node.getparent(), other.getparent()) or other in (node, *node.iterancestors(), *node.iterdescendants()):
        return
    mark = etree.Element('mark')
    node.addprevious(mark)
    other.addprevious(node)
    mark.getparent().replace(mark, other)


def _change_tag(chance: random.Random, nodes: list[Node], node: Node) -> str:
    space = etree.QName(node).namespace
    node.tag = f'{{{space}}}{chance.choice(TAGS)}' if space else chance.choice(TAGS)
    return etree.QName(node).localname


def _change_namespace(chance: random.Random, nodes: list[Node], node: Node) -> str:
    space, name = chance.choice(SPACES), etree.QName(node).localname
    for one in nodes if chance.random() < 0.1 else [node]:
        one.tag = f'{{{space}}}{etree.QName(one).localname}' if space else name
    return space


def _flip(chance: random.Random, nodes: list[Node], node: Node) -> str:
    flags = [(one, key) for one in nodes for key, value in one.attrib.items() if value in ('true', 'false')]
    if not flags:
        return ''
    one, key = chance.choice(flags)
    one.set(key, chance.choice({'true': ('false', '0', 'TRUE', 'yes'), 'false': ('true', '1', '')}[one.get(key)]))
    return f'{one.get("id")} {key}'


def _nest(chance: random.Random, nodes: list[Node], node: Node) -> str:
    depth = chance.choice(_DEPTHS)
    space, own = etree.QName(node).namespace, etree.QName(node).localname
    tag = chance.choice(('subProcess', 'extensionElements', 'laneSet', own))
    outer = inner = etree.Element(f'{{{space}}}{tag}', id='nest')
    for number in range(depth):
        inner = etree.SubElement(inner, outer.tag, id=f'nest_{number}')
    if node.getparent() is not None and chance.random() < 0.7:
        node.addprevious(outer)
        inner.append(node)
    else:
        node.append(outer)
    return f'{depth} × {tag}'


def _reverse(chance: random.Random, nodes: list[Node], node: Node) -> None:
    parent = node.getparent() if node.getparent() is not None else node
    parent[:] = list(parent)[::-1]


def _graft(chance: random.Random, nodes: list[Node], node: Node) -> str:
    tag = f'{{{chance.choice(SPACES) or "urn:x"}}}{chance.choice(TAGS)}'
    node.append(etree.Element(tag, id=chance.choice(('x', 'y', 'matter'))))
    return etree.QName(node[-1]).localname


_XML: tuple[Callable[[random.Random, list[Node], Node], str | None], ...] = (
    _drop_attribute, _drop_attribute, _rename_attribute, _borrow_attributes, _drop_element, _drop_element,
    _move_element, _double_element, _double_id, _fuzz_text, _fuzz_text, _fuzz_text, _fuzz_attribute, _fuzz_attribute,
    _swap_values, _swap_values, _swap_texts, _swap_elements,
    _change_tag, _change_tag, _change_namespace, _flip, _nest, _reverse, _graft)


def _lose(chance: random.Random, box: Any, key: Any, boxes: list) -> None:
    del box[key]


def _another(chance: random.Random, box: Any, key: Any, boxes: list) -> str:
    box[key] = deepcopy(chance.choice(VALUES))
    return str(box[key])


def _words(chance: random.Random, box: Any, key: Any, boxes: list) -> str:
    box[key] = _spoilt(chance, box[key] if isinstance(box[key], str) else '')
    return box[key]


def _graft_value(chance: random.Random, box: Any, key: Any, boxes: list) -> None:
    other = chance.choice(boxes)
    inside = list(other.values() if isinstance(other, dict) else other)
    box[key] = deepcopy(other if chance.random() < 0.5 else chance.choice(inside))


def _double(chance: random.Random, box: Any, key: Any, boxes: list) -> None:
    if isinstance(box, list):
        box.insert(key, deepcopy(box[key]))
    else:
        box[str(key).title()] = deepcopy(box[key])


def _component(chance: random.Random, box: Any, key: Any, boxes: list) -> str:
    one = chance.choice([box for box in boxes if isinstance(box, dict) and 'type' in box] or [{}])
    one['type'] = chance.choice(COMPONENTS)
    return one['type']


def _key(chance: random.Random, box: Any, key: Any, boxes: list) -> str:
    if not isinstance(box, dict):
        return 'stays'
    new = chance.choice(('type', 'key', 'id', 'values', 'valuesKey', 'conditional', 'validate', 'properties',
                         'components', 'path', 'label', 'defaultValue', '__proto__', '名', ''))
    box[new] = box.pop(key)
    return new


def _deep(chance: random.Random, box: Any, key: Any, boxes: list) -> str:
    depth, groups = chance.choice((20, 90, 150, 300)), chance.random() < 0.5
    for number in range(depth):
        box[key] = {'type': 'group', 'id': f'deep_{number}', 'components': [box[key]]} if groups else [box[key]]
    return f'{depth} × {"group" if groups else "list"}'


_JSON: tuple[Callable[[random.Random, Any, Any, list], str | None], ...] = (
    _lose, _lose, _another, _another, _words, _words, _words, _graft_value, _double, _component, _key, _deep)
