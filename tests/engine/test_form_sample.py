"""Answers that are made up: whatever comes of chance, the form's own check accepts it."""
from random import Random
from typing import Any

import pytest

from engine.errors import Refused
from engine.form import Form
from tests.engine.forms import ask, sound
from tests.workflows.test_forms import FORMS, functions, scope


def every(parametrized: Any) -> Any:
    return pytest.mark.parametrize('form', FORMS.values(), ids=list(FORMS))(parametrized)


@every
def test_a_shipped_form_accepts_any_of_its_samples(form: Form) -> None:
    calls = functions()
    for seed in range(200):
        place = scope(co_units='' if seed % 3 == 0 else 'gxt', report_period='event' if seed % 2 else 'month')
        if form.id == 'intake':
            assert form.sample(place, calls, Random(seed)) == {'secret': 'no'}, 'yes is never accepted'
        assert form.check(form.sample(place, calls, Random(seed)), place, calls)


@every
def test_the_simplest_answer_is_always_the_same_and_never_a_no(form: Form) -> None:
    found = form.sample(scope(), functions())
    assert found == form.sample(scope(), functions())
    assert form.check(found, scope(), functions())
    for field in form.fields.values():
        assert not field.acts or str(found[field.key]).lower() not in field.refused


def test_chance_reaches_every_choice_of_a_form() -> None:
    form = FORMS['plan']
    found = [form.sample(scope(), functions(), Random(seed)) for seed in range(60)]
    assert {answer['answer'] for answer in found} == {'accept', 'return'}
    assert {len(answer.get('items', ())) for answer in found} >= {1, 2, 3}


def test_what_is_told_stands_as_it_was_told() -> None:
    told = {'progress': 'blocked', 'progress_percent': 7}
    found = FORMS['report'].sample(scope(), functions(), told=told)
    assert {name: found[name] for name in told} == told and found['difficulty'] and found['proposal']


def test_what_nobody_can_fill_in_is_said() -> None:
    form = sound(ask('textfield', validate={'required': True, 'pattern': '^zebra-[0-9]{7}$'}))
    with pytest.raises(Refused, match='想不出这张表能接受的填法：.*它'):
        form.sample({}, functions())
