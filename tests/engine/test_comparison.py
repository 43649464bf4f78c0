"""What differs between two bundles: each thing in words, nothing missed, and the same from both sides."""
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree

from engine import comparison
from engine.comparison import ADDED, CHANGED, MOVED, REMOVED, File, Item, Line, Part
from engine.comparison.overlay import overlay
from tests.engine.diagrams import (
    boundary, bpmn, end, flow, form, line, node, service, start, table, timer, user)
from tests.workflows.story import bundle_files

SHIPPED = bundle_files()
DRAWN = line(user('a'), between=('a',))


def one(old: bytes, new: bytes, name: str = 'p.bpmn') -> File:
    """The difference of one file, which is the same from the other side."""
    found, = comparison.compare({name: old}, {name: new})
    back, = comparison.compare({name: new}, {name: old})
    assert normal(mirrored(found)) == normal(back)
    return found


def mirrored(file: File) -> File:
    """The same difference, seen from the new bundle."""
    turned = {ADDED: REMOVED, REMOVED: ADDED}
    items = (Item(turned.get(item.state, item.state), item.id, item.new, item.old,
                  tuple(Part(part.label, part.new, part.old) for part in item.parts)) for item in file.items)
    lines = (Line(turned[line.state], line.number, line.text) for line in file.lines)
    return File(file.name, file.kind, turned.get(file.state, file.state), tuple(items), tuple(lines))


def normal(file: File) -> tuple:
    """Without the order, which follows the new file."""
    items = sorted((item.state, item.id, item.old or '', item.new or '', sorted(item.parts, key=str))
                   for item in file.items)
    return file.name, file.kind, file.state, items, sorted(file.lines)


def items(old: bytes, new: bytes, name: str = 'p.bpmn') -> list[Item]:
    return list(one(old, new, name).items)


def edited(content: bytes, edit: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(content)
    edit(root)
    return etree.tostring(root)


def test_equal_bundles_do_not_differ() -> None:
    assert comparison.compare(SHIPPED, dict(reversed(SHIPPED.items()))) == []


def test_files_come_and_go() -> None:
    found = comparison.compare({'a.form': form('a', 'x')}, {'b.form': form('b', 'x')})
    assert [(file.name, file.state, file.counts) for file in found] == [
        ('a.form', REMOVED, {REMOVED: 3}), ('b.form', ADDED, {ADDED: 3})]
    assert comparison.total(found) == {ADDED: 3, REMOVED: 3}


def test_every_part_of_an_element_is_told_in_words() -> None:
    old = line(user('a', camunda_dueDate='${workdays(due_at, -3)}'), service('s', inputs={'to': 'x/y', 'text': '请办理'}),
               boundary('b', 'a', timer('duration', 'P3D'), stops=False), flow('b', 's'), between=('a',))
    new = line(user('a', '<bpmn:documentation>新的说明</bpmn:documentation>', name='承办',
                    camunda_dueDate='${workdays(due_at, -5)}', camunda_candidateGroups='x/chief'),
               service('s', inputs={'to': 'x/y', 'text': '请快办'}),
               boundary('b', 'a', timer('duration', 'P5D'), stops=True), flow('b', 's', '${level == 1}'),
               between=('a',))
    found = {item.id: item for item in items(old, new)}
    assert set(found['a'].parts) == {
        Part('名称', '办a', '承办'), Part('办理时限', '${workdays(due_at, -3)}', '${workdays(due_at, -5)}'),
        Part('办理岗位', '${lead_unit}/liaison', 'x/chief'), Part('说明', None, '新的说明')}
    assert found['s'].parts == (Part('输入“text”', '请办理', '请快办'),)
    assert set(found['b'].parts) == {Part('中断所附的一步', '否', '是'), Part('定时·过多久', 'P3D', 'P5D')}
    assert Part('条件', None, '${level == 1}') in found['b__s'].parts
    assert (found['a'].old, found['a'].new) == ('用户任务“办a”（a）', '用户任务“承办”（a）')


def test_an_added_step_brings_what_it_says_and_a_flow_says_its_ends() -> None:
    new = bpmn(start(), user('a'), user('c'), end(), flow('begin', 'a', id='x'), flow('a', 'c', id='y'),
               flow('c', 'done', id='z'))
    old = bpmn(start(), user('a'), end(), flow('begin', 'a', id='x'), flow('a', 'done', id='y'))
    found = {item.id: item for item in items(old, new)}
    assert (found['c'].state, found['c'].name) == (ADDED, '用户任务“办c”（c）')
    assert Part('办理岗位', None, '${lead_unit}/liaison') in found['c'].parts
    assert (found['y'].state, found['y'].parts) == (CHANGED, (
        Part('到', '结束事件“办done”（done）', '用户任务“办c”（c）'),))
    assert found['z'].state == ADDED


def test_another_kind_and_another_place() -> None:
    task = bpmn(start(), user('a'), node('subProcess', 'f', user('z')), end(), flow('begin', 'a', id='x'))
    other = bpmn(start(), node('subProcess', 'f', user('z'), node('manualTask', 'a')), end(),
                 flow('begin', 'a', id='x'))
    found = {item.id: item for item in items(task, other)}
    assert Part('种类', '用户任务', '手工任务') in found['a'].parts
    assert any(part.label == '所在' and part.new == '子流程“办f”（f）' for part in found['a'].parts)


def test_what_is_only_moved_is_told_apart() -> None:
    drawing = SHIPPED['matter.bpmn']

    def move(root: etree._Element) -> None:
        shape = root.find('.//{*}BPMNShape[@bpmnElement="approve"]/{*}Bounds')
        shape.set('x', str(float(shape.get('x')) + 10))
    assert items(drawing, edited(drawing, move), 'matter.bpmn') == [
        Item(MOVED, 'approve', '用户任务“立项审批”（approve）', '用户任务“立项审批”（approve）')]


def test_what_means_the_same_is_no_difference() -> None:
    """Order of elements and attributes, blanks, what holds anyway, ids of parts."""
    def shuffle(root: etree._Element) -> None:
        process = root.find('{*}process')
        process[:] = sorted(process, key=lambda each: each.get('id', ''), reverse=True)
        for each in process.iter('{*}timeDate', '{*}timerEventDefinition'):
            each.set('id', f'new_{each.get("id")}')
        for each in process.iter('{*}boundaryEvent'):
            if each.get('cancelActivity') is None:
                each.set('cancelActivity', 'true')
    drawing = SHIPPED['matter.bpmn']
    found = one(drawing, edited(drawing, shuffle), 'matter.bpmn')
    assert (found.state, found.items, found.lines) == (CHANGED, (), ())
    again = json.dumps(json.loads(SHIPPED['plan.form']), indent=1, sort_keys=True).encode()
    assert one(SHIPPED['plan.form'], again, 'plan.form').items == ()


def test_what_other_tools_wrote_is_compared_as_well() -> None:
    def foreign(value: str) -> bytes:
        return DRAWN.replace(b'<bpmn:userTask ', f'<bpmn:userTask xmlns:x="urn:x" x:colour="{value}" '.encode(), 1)
    item, = items(foreign('red'), foreign('blue'))
    assert item.parts == (Part('“colour”', 'red', 'blue'),)


def test_cells_are_told_by_their_columns() -> None:
    old = table('t', ('level', 'kind'), ('grade',), ('1', '-', '"A"'), ('2', '"x"', '"B"'))
    new = table('t', ('level', 'kind'), ('grade',), ('1', '"y"', '"A"'), ('2', '"x"', 'true'), ('3', '-', '"C"'))
    found = items(old, new, 't.dmn')
    assert [(item.state, item.name.partition('（')[0]) for item in found] == [
        (CHANGED, '第1行'), (CHANGED, '第2行'), (ADDED, '第3行')]
    assert found[0].parts == (Part('kind', '任意', 'y'),) and found[1].parts == (Part('grade', 'B', '是'),)
    assert Part('level', None, '3') in found[2].parts


def test_a_new_column_does_not_change_every_row() -> None:
    old = table('t', ('level',), ('grade',), ('1', '"A"'), ('2', '"B"'))
    new = table('t', ('level', 'kind'), ('grade',), ('1', '-', '"A"'), ('2', '"x"', '"B"'))
    found = items(old, new, 't.dmn')
    assert [item.state for item in found] == [ADDED, CHANGED] and found[0].name == '输入列“kind”'
    assert found[1].parts == (Part('kind', None, 'x'),)


def test_rows_with_other_ids_are_known_by_what_they_ask() -> None:
    content = SHIPPED['report_cycle.dmn']
    assert items(content, content.replace(b'report_cycle_own', b'other'), 'report_cycle.dmn') == []


def test_the_order_of_rows_counts_where_the_table_says_so() -> None:
    def turned(content: bytes) -> bytes:
        def turn(root: etree._Element) -> None:
            whole = root.find('.//{*}decisionTable')
            rules = whole.findall('{*}rule')
            whole.append(rules[0])
        return edited(content, turn)
    first = SHIPPED['lamp.dmn']
    found = items(first, turned(first), 'lamp.dmn')
    assert found[-1].parts == (Part('先后', '第1', f'第{len(found)}'),)
    unique = SHIPPED['report_cycle.dmn']
    assert items(unique, turned(unique), 'report_cycle.dmn') == []


def test_the_policy_of_a_table_is_told_in_words() -> None:
    changed = SHIPPED['lamp.dmn'].replace(b'hitPolicy="FIRST"', b'hitPolicy="ANY"')
    item = items(SHIPPED['lamp.dmn'], changed, 'lamp.dmn')[0]
    assert item.name == '决策表“亮灯”（lamp）' and item.parts == (Part('取哪一行', '第一行适用的算数', '适用的各行结果相同'),)


def test_a_form_is_compared_field_by_field() -> None:
    read = json.loads(SHIPPED['register.form'])
    source = read['components'][0]['components'][0]
    source['label'], source['validate']['required'] = '来源', False
    source['values'][0]['label'] = '讲话批示'
    source['values'].append({'label': '媒体', 'value': 'media'})
    read['components'].append({'type': 'textfield', 'id': 'tel', 'key': 'tel', 'label': '电话',
                               'validate': {'maxLength': 20}})
    found = items(SHIPPED['register.form'], json.dumps(read).encode(), 'register.form')
    changed, added = found
    assert set(changed.parts) == {
        Part('标题', '任务来源', '来源'), Part('必填', '是', '否'), Part('选项“media”·标题', None, '媒体'),
        Part('选项“general_secretary”·标题', '习近平总书记重要讲话和重要指示批示精神', '讲话批示')}
    assert added.name == '单行文字“电话”（tel）' and Part('最多几个字', None, '20') in added.parts


def test_fields_in_another_order_are_moved() -> None:
    found = items(form('f', 'x', 'y', 'z'), form('f', 'z', 'x', 'y'), 'f.form')
    assert [item.state for item in found] == [MOVED] * 3


def test_other_files_are_compared_line_by_line_where_they_are_text() -> None:
    found = one('故事 一\n办 甲\n'.encode(), '故事 一\n办 乙\n'.encode(), 'a.story')
    assert (found.kind, sorted((each.state, each.number, each.text) for each in found.lines)) == (
        'other', [(ADDED, 2, '办 乙'), (REMOVED, 2, '办 甲')])
    assert one(b'PK\x00\xff1', b'PK\x00\xff2', 'a.docx').lines == ()


@pytest.mark.parametrize('name', ['matter.bpmn', 'lamp.dmn', 'plan.form'])
def test_what_cannot_be_read_is_compared_as_text(name: str) -> None:
    found = one(SHIPPED[name], b'<a', name)
    assert found.items == () and found.lines[-1].text and found.state == CHANGED


@pytest.mark.parametrize('content', [
    b'<rule/>', b'<input/>', b'<definitions><rule/><input/></definitions>', b'[]', b'{"a": 1}'])
@pytest.mark.parametrize('name', ['p.bpmn', 't.dmn', 'f.form'])
def test_what_is_something_else_is_told_without_a_failure(name: str, content: bytes) -> None:
    assert one(form('f', 'x'), content, name).state == CHANGED


def test_overlay_keeps_both_peoples_changes_and_names_what_both_changed() -> None:
    base = {'a': b'1', 'b': b'1', 'c': b'1', 'd': b'1'}
    mine, theirs = {'a': b'2', 'b': b'1', 'c': b'2', 'e': b'2'}, {'a': b'1', 'b': b'3', 'c': b'3', 'd': b'1'}
    assert overlay(base, mine, theirs) == ({'a': b'2', 'b': b'3', 'c': b'2', 'e': b'2'}, ['c'])
    assert overlay(base, mine, base).files == mine and overlay(base, base, theirs).files == theirs


PLACES = [(name, number, attribute) for name, content in SHIPPED.items() if name.endswith(('.bpmn', '.dmn'))
          for number, each in enumerate(etree.fromstring(content).iter(etree.Element)) for attribute in each.attrib
          if not attribute.endswith('}type') and not any(part in each.tag for part in ('DI}', '/DD/', '/DI'))]
WORDS = st.text('甲乙丙abc123 ', min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES), WORDS)
def test_no_changed_attribute_is_missed(place: tuple[str, int, str], word: str) -> None:
    """Any attribute anywhere in a diagram or table, but for the ids of mere parts."""
    name, number, attribute = place
    found = one(SHIPPED[name], edited(SHIPPED[name], lambda root: list(root.iter(etree.Element))[number].set(
        attribute, f'{word}其他')), name)
    assert found.items or attribute == 'id'


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(sorted(SHIPPED)), max_size=4, unique=True), st.randoms(use_true_random=False))
def test_both_sides_tell_the_same(names: list[str], random: object) -> None:
    """Files cut, doubled and spoilt at random: whatever it is, it is told without a failure and mirrors."""
    changed = dict(SHIPPED)
    for name in names:
        content = SHIPPED[name]
        at, other = sorted(random.randrange(len(content)) for _ in range(2))
        changed[name] = random.choice([
            content[:at] + content[other:], content[:other] + content[at:], b'', content + b' ',
            content.replace(b'name="', b'name="x'), content.replace(b'"label": "', b'"label": "x')])
    there, back = comparison.compare(SHIPPED, changed), comparison.compare(changed, SHIPPED)
    assert [normal(mirrored(file)) for file in there] == list(map(normal, back))
