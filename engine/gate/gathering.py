"""The files of a bundle, read one by one into what the gate looks at."""
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from engine import decision, document, form, story
from engine.errors import Refused
from engine.expression import BUILTINS
from engine.finding import Both, Finding, Spot
from engine.gate import language, reading, shape, source
from engine.gate.scene import Diagram, Scene


class Gathering:
    """What was read so far, and in `found` what could not be."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.diagrams: list[Diagram] = []
        self.tables: dict[str, tuple[str, decision.Decision]] = {}
        self._forms: dict[str, tuple[str, form.Form]] = {}
        self._stories: list[story.Story] = []
        self._templates: dict[str, bytes] = {}
        self._seen: dict[tuple[str, str], str] = {}

    def take(self, file: str, data: bytes) -> None:
        """Read a file as what its ending says."""
        stem, suffix = key = source.stem(file), source.suffix(file)
        if len(stem) > shape.ID_MOST:
            self.found.append(shape.TOO_LONG.at(Spot(file), what=Both('文件名', 'file name'), count=len(stem),
                                                most=shape.ID_MOST))
        if key in self._seen:
            self.found.append(source.TWICE.at(Spot(file), other=self._seen[key]))
            return
        self._seen[key] = file
        try:
            _READERS.get(suffix, Gathering._unknown)(self, file, data)
        except Refused as error:
            self.found.append(source.UNREADABLE.at(Spot(file), cause=error.said))

    def _diagram(self, file: str, data: bytes) -> None:
        drawn, problems = reading.diagram(data, file)
        self.found += problems
        self.diagrams += [drawn] if drawn else []

    def _table(self, file: str, data: bytes) -> None:
        graph = reading.table(data, file)
        self.found += source.decisions(graph, file, {one: self.tables[one][0] for one in self.tables})
        self.tables |= {one: (file, table) for one, table in graph.decisions.items()}

    def _form(self, file: str, data: bytes) -> None:
        one = reading.form_of(data, file)
        self._forms[one.id] = file, one
        if one.id != source.stem(file):
            self.found.append(source.FORM_STEM.at(Spot(file), id=one.id))

    def _template(self, file: str, data: bytes) -> None:
        self._templates[source.stem(file)] = data

    def _story(self, file: str, data: bytes) -> None:
        self._stories.append(story.read(data, file))

    def _unknown(self, file: str, data: bytes) -> None:
        self.found.append(source.UNKNOWN_FILE.at(Spot(file)))

    def scene(self, parameters: Collection[str], topics: Mapping[str, Mapping], facts: Collection[str]) -> Scene:
        """All of it together, with the names of the parameters and what diagrams can call and write."""
        return Scene(self.diagrams, {ident: table for ident, (_, table) in self.tables.items()},
                     {ident: one for ident, (_, one) in self._forms.items()},
                     {ident: file for ident, (file, _) in self.tables.items()},
                     {ident: file for ident, (file, _) in self._forms.items()}, frozenset(parameters), topics,
                     frozenset(facts), frozenset(_dates(facts)), language.HOST_FUNCTIONS | frozenset(BUILTINS),
                     tuple(self._stories), self._templates)


_READERS: dict[str, Callable[[Gathering, str, bytes], None]] = {
    '.bpmn': Gathering._diagram, '.dmn': Gathering._table, '.form': Gathering._form,
    document.SUFFIX: Gathering._template, story.SUFFIX: Gathering._story}


def _dates(facts: Collection[str]) -> Iterator[str]:
    for name, column in facts.items() if isinstance(facts, Mapping) else ():
        if getattr(getattr(column, 'type', None), 'python_type', None) is date:
            yield name
