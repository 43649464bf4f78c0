"""Tables and forms with as many mistakes as they can hold, for whoever reads what is found in them."""
import orjson

from tests.engine import dmn
from tests.engine.forms import CHOICES, ask
from tests.engine.scenes import one

_DAYS, _LEVEL = ('天数', 'days', 'number'), ('level', 'number')
_TABLES = [
    dmn.xml([_DAYS, ('天数', '', 'string')], [_LEVEL], [(['> "三"', '-'], ['"x"']), (['${a}'], ['a +'])]),
    dmn.xml([('急', 'urgent', 'boolean')], [('level', 'number', '1,2')], [(['true'], ['3']), (['true'], ['1'])]),
    dmn.xml([_DAYS], [_LEVEL], [(['> 3'], ['1']), (['> 4'], ['1'])], policy='FIRST'),
    dmn.xml([_DAYS], [_LEVEL], [(['> 3'], ['1']), (['> 4'], ['2'])]),
    dmn.xml([('类别', 'kind', 'string')], [_LEVEL], [(['"甲"'], ['1'])]),
    dmn.xml([('类别', 'kind', 'none')], [_LEVEL, _LEVEL], [([], ['1', '2'])], policy='COLLECT', aggregation='SUM'),
    dmn.xml([], [], [], policy='WORST'),
    dmn.model('<decision id="t" name="表"><literalExpression><text>a +</text></literalExpression></decision>'
              '<decision id="t"/><decisionService id="s" name="服务"/>'),
    dmn.model('<decision id="t" name="表"><for/></decision><import/>'
              '<itemDefinition name="f"><functionItem/></itemDefinition>'),
    dmn.model('<decision id="t" name="表"><informationRequirement><requiredDecision href="#no"/>'
              '</informationRequirement><context><contextEntry><variable name="x"/><literalExpression/></contextEntry>'
              '<contextEntry><literalExpression><text>x(</text></literalExpression></contextEntry></context></decision>')]
_FIELDS = [
    ask('filepicker', validate={'required': True}), ask('html'), ask('textfield', key='a.b'), ask('textfield', key='main'),
    ask('radio'), ask('select', values=[{'label': '甲'}]), ask('select', values=[{'value': '1'}, {'value': 1}]),
    ask('textfield', conditional={'hide': '=a +'}), ask('textfield', validate={'pattern': '('}),
    ask('textfield', validate={'pattern': '(a+)+$'}), ask('textfield', validate=[1]), ask('expression'),
    ask('number', validate={'min': '一'}), ask('number', validate={'min': 2, 'max': 1}),
    ask('textarea', validate={'maxLength': 50_001}), ask('radio', **CHOICES, properties={'needs': 'say'}),
    ask('radio', **CHOICES, properties={'refuse': 'no'}), {'type': 'table', 'label': '表', 'dataSource': '=rows'},
    {'type': 'group', 'label': '组', 'components': []}, {'type': 'button', 'label': '重置', 'action': 'reset'}]
_FORM = orjson.dumps({'type': 'default', 'id': 'test', 'components': [
    3, *({'id': f'c{place}', **field} for place, field in enumerate(_FIELDS))]})

FILES = [{'p.bpmn': one(), 'test.form': _FORM}, *({'p.bpmn': one(), 't.dmn': table} for table in _TABLES)]
"""Bundles, each with a sound diagram."""
