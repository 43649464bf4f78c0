"""When something falls due, in words, wherever a process is explained."""
import pytest
from flask import Flask

from webapp.fact import Words
from webapp.timing import timing


@pytest.mark.parametrize('drawn, said', [
    ('PT1H', '走到这一步后1小时'), ('P7D', '走到这一步后7天'), ('${"PT30M"}', '走到这一步后30分钟'), ('P1M', '走到这一步后1个月'),
    ('P1DT2H', 'P1DT2H'), ('R/P7D', 'R/P7D'), ('${workdays(entered_at, 3)}', '走到这一步后3个工作日')])
def test_a_length_is_said_in_words(app: Flask, drawn: str, said: str) -> None:
    with app.test_request_context():
        assert timing(drawn, Words(None, None), {}) == said
