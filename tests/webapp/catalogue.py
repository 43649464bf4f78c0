"""What the program says, out of its source: `python -m tests.webapp.catalogue` notes what is new in the catalogue."""
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from engine.gate.catalogue import rows
from engine.story.grammar import FORMS, PARTS
from webapp.language import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
PAGES = dict.fromkeys(('_', 'gettext', 'later', 'lazy_gettext'))
REFUSALS = frozenset(('Refused', 'NotFound', 'Forbidden', 'Conflict', 'NoRule', 'Broken', 'said', '__init__'))

HEAD = '''# What the pages say, in English. `python -m tests.webapp.catalogue` adds what is new.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

'''


def spoken() -> set[str]:
    """Every sentence in Chinese that a page may show in English."""
    found = {text for file in _files() for text in (_in_python(file) if file.suffix == '.py' else _in_template(file))}
    return found | {text for text in _in_tables() if re.search('[\u4e00-\u9fff]', text)}


def _in_tables() -> Iterator[str]:
    """Of the table of what can be drawn, and of the grammar of stories; what is written there as it is stays so."""
    for row in (row for _heading, drawn in rows() for row in drawn):
        yield from (row.what, *([row.said] if row.rule is None else []))
    yield from (form.said for form in FORMS)
    yield from (part.word for part in PARTS.values() if part.word != part.pattern.replace('|', '｜'))


def _in_template(file: Path) -> Iterator[str]:
    options = {'trimmed': 'false', 'encoding': 'utf-8'}
    for _line, message, _comments, _context in extract_from_file('jinja2.ext:babel_extract', file, PAGES, (), options):
        if isinstance(message, str) and message:
            yield message


def _in_python(file: Path) -> Iterator[str]:
    """The first argument of each call that says something: within other texts, too, where Babel does not look."""
    tree = ast.parse(file.read_text())
    yield from _labels(tree)
    if file.parent.name == 'expression':
        yield from _refusals(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _besides(node)
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = _called(node)
            if name in ('action', 'Action'):
                yield from _of_action(node)
            text = node.args[0].value
            if (name in PAGES or name in REFUSALS) and isinstance(text, str) and text:
                yield text


def _called(call: ast.Call) -> str:
    return getattr(call.func, 'id', getattr(call.func, 'attr', ''))


def _besides(call: ast.Call) -> Iterator[str]:
    """What a failure tells an operator to do; the sign between the parts of a list."""
    more = {'Broken': [one.value for one in call.keywords if one.arg == 'advice'], 'listed': call.args[1:]}
    yield from (one.value for one in more.get(_called(call), ()) if isinstance(one, ast.Constant) and one.value)


def glued() -> set[str]:
    """Sentences of failures that are put together before anybody can translate them: each must be one that is `said`."""
    calls = (node for file in _files() if file.suffix == '.py' for node in ast.walk(ast.parse(file.read_text()))
             if isinstance(node, ast.Call) and _called(node) in ('Broken', '_broken', '_wrong'))
    return {ast.unparse(one) for call in calls for one in (*call.args, *(each.value for each in call.keywords))
            if isinstance(one, ast.JoinedStr) and re.search('[\u4e00-\u9fff]', ast.unparse(one))}


def _refusals(tree: ast.AST) -> Iterator[str]:
    """All that the language of expressions says, in whatever way it is handed on; not what explains the program."""
    inner = {id(part) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)}
    notes = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in inner | notes:
            if re.search('[\u4e00-\u9fff]', one.value):
                yield one.value


def _labels(node: ast.AST) -> Iterator[str]:
    """Of what an action takes."""
    for field in ast.walk(node):
        if isinstance(field, ast.keyword) and field.arg == 'metadata' and isinstance(field.value, ast.Dict):
            named = zip(field.value.keys, field.value.values, strict=True)
            yield from (one.value for name, one in named if name.value == 'label')


def _of_action(call: ast.Call) -> Iterator[str]:
    """Its name and its sentence."""
    yield from (one.value for one in call.args[1:3])


def _files() -> Iterator[Path]:
    for folder, pattern in (('webapp', '*.py'), ('webapp/templates', '*.html'), ('engine', '*.py')):
        yield from sorted((ROOT / folder).rglob(pattern))


def kept() -> Catalog:
    """The catalogue as it is written."""
    with CATALOGUE.open('rb') as file:
        return read_po(file, locale='en')


def english() -> dict[str, tuple[str, ...]]:
    """Each sentence with its English: of one and of several, where it agrees with a number."""
    return {one.id[0] if one.pluralizable else one.id: tuple(one.string) if one.pluralizable else (one.string,)
            for one in kept() if one.id}


def main() -> int:
    """Bring the catalogue up to date: what is new waits for its English, what is not said any more goes."""
    before = english()
    catalogue = Catalog(locale='en')
    for message in sorted(spoken()):
        said = before.get(message, ('',))
        catalogue.add((message, message) if len(said) > 1 else message, said if len(said) > 1 else said[0])
    with CATALOGUE.open('wb') as file:
        file.write(HEAD.encode())
        write_po(file, catalogue, width=0, omit_header=True, no_location=True)
    print(f'{len(catalogue)} sentences, {sum(not all(said) for said in english().values())} without English')
    return 0


if __name__ == '__main__':
    sys.exit(main())
