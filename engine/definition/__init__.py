"""The facts of one diagram: its elements, flows, lanes, messages, and the rules that a reader finds in it."""
from engine.definition.element import Element, Flow, Lane, Loop, Multi, Place, Timer, understood
from engine.definition.node import (ACTIVITIES, BPMN, CAMUNDA, DRAWN_KIND, EVENTS, FLOW_NODES, FRAMES, GATEWAYS,
                                    INSERTED, TASKS, THROWING, flag, form_of, local, process_of, properties_of)
from engine.definition.people import POSTS, people
from engine.definition.process import Definition
from engine.definition.reading import read
from engine.definition.reference import bare
from engine.definition.table import Row, basis, rules

__all__ = ['ACTIVITIES', 'BPMN', 'CAMUNDA', 'DRAWN_KIND', 'EVENTS', 'FLOW_NODES', 'FRAMES', 'GATEWAYS', 'INSERTED',
           'POSTS', 'TASKS', 'THROWING', 'Definition', 'Element', 'Flow', 'Lane', 'Loop', 'Multi', 'Place', 'Row',
           'Timer', 'bare', 'basis', 'flag', 'form_of', 'local', 'people', 'process_of', 'properties_of', 'read', 'rules',
           'understood']
