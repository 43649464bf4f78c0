"""The shapes in which Camunda 7 answers a modeler: deployments, definitions, instances, errors with their places."""
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine import clock
from engine.definition import Definition
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.finding import REFUSE, Finding

PREFIX = 'ENGINE-09005 Could not parse BPMN process.'
"""A modeler tells by these words that the drawing is at fault, and shows what follows them."""
TYPES = {401: 'AuthenticationException', 403: 'AuthorizationException', 404: 'NotFoundException',
         409: 'OptimisticLockingException', 413: 'RequestTooLargeException', 415: 'NotSupportedException',
         500: 'ProcessEngineException'}


def error(status: int, message: str) -> dict[str, Any]:
    """What is wrong with a request."""
    return {'type': TYPES.get(status, 'InvalidRequestException'), 'message': message, 'code': None}


def parse_error(findings: Iterable[Finding]) -> dict[str, Any]:
    """What the gate has to say, in one text for the modeler's log and per file for programs."""
    found = list(findings)
    details: dict[str, dict[str, list]] = {}
    for one in found:
        places = details.setdefault(one.file, {'errors': [], 'warnings': []})
        places['errors' if one.severity == REFUSE else 'warnings'].append(_problem(one))
    said = ''.join(f'\n* {one.zh} | {one.file}{f" | 第{one.line}行" if one.line else ""}'
                   for one in found if one.severity == REFUSE)
    return {'type': 'ParseException', 'message': f'{PREFIX} Errors: {said}', 'code': None, 'details': details}


def _problem(finding: Finding) -> dict[str, Any]:
    """The column is never known: a finding stands at an element."""
    return {'message': finding.zh, 'line': finding.line or 0, 'column': 0, 'mainElementId': finding.element,
            'elementIds': [finding.element] if finding.element else []}


def deployment(made: Deployment, tenant: Tenant, name: str | None, source: str | None, href: str) -> dict[str, Any]:
    """A version."""
    return {'links': [{'method': 'GET', 'href': href, 'rel': 'self'}], 'id': str(made.id), 'name': name,
            'source': source, 'deploymentTime': _moment(made.deployed_at, tenant), 'tenantId': tenant.id}


def definition_id(key: str, made: Deployment) -> str:
    """matter:3:17 is `matter` in the third version of its government, which is deployment 17."""
    return f'{key}:{made.number}:{made.id}'


def process(drawn: Definition, made: Deployment, resource: str) -> dict[str, Any]:
    """A process of a version."""
    return {**_definition(drawn.id, drawn.name, made, resource), 'category': 'http://bpmn.io/schema/bpmn',
            'description': drawn.documentation or None, 'diagram': None, 'suspended': False,
            'startableInTasklist': True}


def table(key: str, name: str, made: Deployment, resource: str) -> dict[str, Any]:
    """A decision of a version."""
    return {**_definition(key, name, made, resource), 'category': None, 'decisionRequirementsDefinitionId': None,
            'decisionRequirementsDefinitionKey': None}


def _definition(key: str, name: str, made: Deployment, resource: str) -> dict[str, Any]:
    return {'id': definition_id(key, made), 'key': key, 'name': name or None, 'version': made.number,
            'resource': resource, 'deploymentId': str(made.id), 'tenantId': made.tenant, 'versionTag': None,
            'historyTimeToLive': None}


def keyed(definitions: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Definitions by id; nothing where there is none."""
    return {one['id']: one for one in definitions} or None


def instance(key: str, definition: str, business_key: str | None, ended: bool, tenant: str) -> dict[str, Any]:
    """An instance that was just begun."""
    return {'links': [], 'id': key, 'definitionId': definition, 'businessKey': business_key, 'caseInstanceId': None,
            'ended': ended, 'suspended': False, 'tenantId': tenant}


def _moment(moment: datetime, tenant: Tenant) -> str:
    """2013-01-23T13:59:43.000+0200, in the government's own zone."""
    local = moment.astimezone(clock.zone(tenant.zone))
    return f'{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03}{local:%z}'
