"""The words of DMN: which elements stand in which, with which attributes; what is none of them is a slip."""
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from lxml import etree

EXPRESSIONS = frozenset({'decisionTable', 'literalExpression', 'context', 'list', 'relation', 'invocation',
                         'functionDefinition', 'conditional', 'for', 'some', 'every', 'filter'})
_EVERYWHERE = frozenset({'description', 'extensionElements'})
_ARTIFACTS = {'group', 'textAnnotation', 'association'}
_BUSINESS = {'elementCollection', 'performanceIndicator', 'organizationUnit'}
_HOLDERS = ('if', 'then', 'else', 'in', 'match', 'return', 'satisfies', 'row', 'list')
_TEXT, _HREF, _KIND = frozenset({'text', 'importedValues'}), frozenset({'href'}), frozenset({'kind'})
_CHILDREN: dict[str, set[str] | frozenset[str]] = {
    'definitions': {'import', 'itemDefinition', 'decision', 'inputData', 'businessKnowledgeModel', 'knowledgeSource',
                    'decisionService', *_ARTIFACTS, *_BUSINESS},
    'decision': EXPRESSIONS | {'question', 'allowedAnswers', 'variable', 'informationRequirement', 'usingTask',
                               'knowledgeRequirement', 'authorityRequirement', 'supportedObjective', 'usingProcess',
                               'impactedPerformanceIndicator', 'decisionMaker', 'decisionOwner'},
    'businessKnowledgeModel': {'variable', 'encapsulatedLogic', 'knowledgeRequirement', 'authorityRequirement'},
    'inputData': {'variable'}, 'informationRequirement': {'requiredDecision', 'requiredInput'},
    'knowledgeRequirement': {'requiredKnowledge'},
    'authorityRequirement': {'requiredDecision', 'requiredInput', 'requiredAuthority'},
    'itemDefinition': {'typeRef', 'allowedValues', 'itemComponent', 'typeConstraint', 'functionItem'},
    'itemComponent': {'typeRef', 'allowedValues', 'itemComponent', 'typeConstraint', 'functionItem'},
    'decisionTable': {'input', 'output', 'annotation', 'rule'}, 'input': {'inputExpression', 'inputValues'},
    'output': {'outputValues', 'defaultOutputEntry'}, 'rule': {'inputEntry', 'outputEntry', 'annotationEntry'},
    **dict.fromkeys(('inputExpression', 'inputEntry', 'outputEntry', 'literalExpression', 'defaultOutputEntry'), _TEXT),
    **dict.fromkeys(('inputValues', 'outputValues', 'allowedValues', 'annotationEntry'), _TEXT),
    'context': {'contextEntry'}, 'contextEntry': EXPRESSIONS | {'variable'}, 'relation': {'column', 'row'},
    'invocation': EXPRESSIONS | {'binding'}, 'binding': EXPRESSIONS | {'parameter'},
    'functionDefinition': EXPRESSIONS | {'formalParameter'}, 'encapsulatedLogic': EXPRESSIONS | {'formalParameter'},
    'conditional': {'if', 'then', 'else'}, **dict.fromkeys(_HOLDERS, EXPRESSIONS),
}
_ANYWHERE = frozenset({'id', 'name', 'label', 'typeRef', 'expressionLanguage', 'typeLanguage'})
_ATTRIBUTES = {'definitions': {'namespace', 'exporter', 'exporterVersion'}, 'itemDefinition': {'isCollection'},
               'decisionTable': {'hitPolicy', 'aggregation', 'preferredOrientation', 'outputLabel'},
               'itemComponent': {'isCollection'}, 'inputData': {'href'},
               **dict.fromkeys(('functionDefinition', 'encapsulatedLogic'), _KIND),
               **dict.fromkeys(('requiredDecision', 'requiredInput', 'requiredKnowledge', 'requiredAuthority'), _HREF)}


def slips(root: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """Each element and attribute that DMN does not know at its place: where it stands, the word, and the right one if
    one is close. What belongs to another vocabulary, or is never executed, is not looked into."""
    space = f'{{{etree.QName(root).namespace}}}'
    todo = [root]
    while todo:
        node = todo.pop()
        tag = node.tag.removeprefix(space)
        known = _attributes(tag)
        yield from ((node, name, _close(name, known)) for name in node.attrib if name[0] != '{' and name not in known)
        children = _children(tag)
        for child in node.iterchildren(f'{space}*'):
            word = child.tag.removeprefix(space)
            if word not in children:
                yield child, word, _close(word, children)
            elif word in _CHILDREN or word in _ATTRIBUTES:
                todo.append(child)


@cache
def _attributes(tag: str) -> frozenset[str]:
    return _ANYWHERE | _ATTRIBUTES.get(tag, frozenset())


@cache
def _children(tag: str) -> frozenset[str]:
    return _EVERYWHERE | _CHILDREN.get(tag, frozenset())


def _close(word: str, known: frozenset[str]) -> str:
    return next(iter(get_close_matches(word, sorted(known), 1, 0.7)), '')
