"""Stories: plain text that says what people and the clock do, and what is then to be seen. One line, one thing.

Here a story is read; told it is by `engine.proof`.
"""
from engine.story.grammar import FORMS, Form, document
from engine.story.problem import Problem
from engine.story.reading import SUFFIX, USUAL, Answer, Line, Story, moment, read
from engine.story.value import parse, value

__all__ = ['FORMS', 'SUFFIX', 'USUAL', 'Answer', 'Form', 'Line', 'Problem', 'Story', 'document', 'moment', 'parse',
           'read', 'value']
