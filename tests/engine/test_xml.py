"""Files from outside: what is dangerous, too big, cut off or broken is refused with a sentence."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import xml
from engine.errors import Refused

WHOLE = ('<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="urn:x" name="督办">\n'
         '<process id="a"><task id="t" name="办 &amp; 理"/><!-- 注 --></process>\n</definitions>').encode()
LAUGHS = (b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "' + b'&a;' * 1000 + b'"><!ENTITY c "' + b'&b;' * 1000
          + b'"><!ENTITY d "' + b'&c;' * 1000 + b'">]><a z="&d;">&d;</a>')


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        xml.parse_xml(data, '图.bpmn')
    return str(caught.value)


def test_reads_lines_and_names():
    root = xml.parse_xml(WHOLE, '图.bpmn')
    task = root.find('.//{urn:x}task')
    assert (task.get('name'), task.sourceline) == ('办 & 理', 3)


@pytest.mark.parametrize('data', [
    b'<!DOCTYPE a><a/>',
    b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode('utf-16'),
    LAUGHS,
])
def test_a_doctype_is_refused_whatever_it_says(data):
    assert 'DOCTYPE' in refusal(data)


def test_the_word_doctype_in_a_text_is_no_doctype():
    assert xml.parse_xml(b'<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>', 'a').tag == 'a'


@pytest.mark.parametrize(('data', 'said'), [
    (b' ' * (xml.MOST_BYTES + 1), '太大'),
    (b'<a>' + b'<b/>' * xml.MOST_ELEMENTS + b'</a>', f'{xml.MOST_ELEMENTS + 1}个元素'),
    (b'<a>\n<b ' + b' '.join(b'x%d=""' % n for n in range(10_000)) + b'/></a>', '第2行的元素有10000个属性'),
    (b' \n', '空文件'),
    (b'{"type": "default"}', '不是XML'),
    (b'<a>\n<b></c></a>', '第2行'),
    (b'<a/>\n<b/>', '最后一个标签后面'),
    (b'<a>\n<camunda:x/></a>', '第2行不是合格的XML（用了没有声明的前缀）'),
    (b'<a n="\xff\xfe"/>', '编码'),
    (b'<a>\0</a>', '控制字符'),
    (b'<a>' * 5000 + b'</a>' * 5000, '第1行'),
])
def test_each_fault_has_its_sentence(data, said):
    assert said in refusal(data)


def test_as_many_elements_as_allowed_are_read():
    data = b'<a>' + b'<b/>' * (xml.MOST_ELEMENTS - 1) + b'</a>'
    assert len(xml.parse_xml(data, 'a')) == xml.MOST_ELEMENTS - 1


@given(st.integers(min_value=1, max_value=len(WHOLE) - 1))
def test_a_file_that_breaks_off_is_called_incomplete(length):
    assert '不完整' in refusal(WHOLE[:length])


@given(st.binary(max_size=200))
def test_no_bytes_at_all_crash_it(data):
    try:
        xml.parse_xml(data, '图.bpmn')
    except Refused as error:
        assert '图.bpmn' in str(error)
