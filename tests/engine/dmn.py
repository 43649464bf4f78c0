"""DMN files for tests, written in a few words."""
from html import escape
from typing import Any

from engine import decision
from engine.finding import REFUSE

SPACE = 'https://www.omg.org/spec/DMN/20191111/MODEL/'


def xml(inputs: list[tuple], outputs: list[tuple], rules: list[tuple], policy: str = 'UNIQUE',
        aggregation: str = '', space: str = SPACE, ids: bool = True, annotation: str = '') -> bytes:
    """Inputs (label, text, type), outputs (name, type[, values[, default]]), rules (cells, results[, …])."""
    columns = ''.join(f'<input label="{label}"><inputExpression typeRef="{kind}">{text_of(text)}'
                      '</inputExpression></input>' for label, text, kind in inputs)
    for name, kind, *more in outputs:
        listed = cell('outputValues', more[0]) if more and more[0] else ''
        default = cell('defaultOutputEntry', more[1]) if len(more) > 1 else ''
        columns += f'<output name="{name}" label="{name}列" typeRef="{kind}">{listed}{default}</output>'
    columns += f'<annotation name="{annotation}"/>' if annotation else ''
    rows = ''
    for number, (cells, results, *note) in enumerate(rules, 1):
        rows += f'<rule id="r{number}">' if ids else '<rule>'
        rows += f'<description>{note[0]}</description>' if note else ''
        rows += ''.join(cell('inputEntry', one) for one in cells)
        rows += ''.join(cell('outputEntry', one) for one in results)
        rows += cell('annotationEntry', note[1]) if len(note) > 1 else ''
        rows += '</rule>'
    add = f' aggregation="{aggregation}"' if aggregation else ''
    return model(f'<decision id="t" name="测试表"><decisionTable hitPolicy="{policy}"{add}>{columns}{rows}'
                 '</decisionTable></decision>', space)


def model(content: str, space: str = SPACE, more: str = '') -> bytes:
    """A file with these decisions, inputs and knowledge models."""
    return (f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{space}" namespace="urn:duban" {more}>'
            f'{content}</definitions>').encode()


def cell(tag: str, text: str) -> str:
    return f'<{tag}>{text_of(text)}</{tag}>'


def text_of(text: str) -> str:
    return f'<text>{escape(text)}</text>'


def table(*args: Any, **kwargs: Any) -> decision.Decision:
    return decision.parse(xml(*args, **kwargs), 't.dmn').main


def sound(*args: Any, **kwargs: Any) -> decision.Decision:
    """A table that nothing keeps from being deployed."""
    made = table(*args, **kwargs)
    assert [problem for problem in decision.problems(made) if problem.severity == REFUSE] == []
    return made


def codes(made: decision.Decision, severity: str = REFUSE) -> list[str]:
    return [problem.code for problem in decision.problems(made) if problem.severity == severity]


LEVEL = [('级别', 'level', 'number')]
LABEL = [('label', 'string')]


def ask(made: decision.Decision, **scope: Any) -> Any:
    return made.decide(scope, {})
