"""The government of the fault tests."""
from tests.faults.conftest import _office_postgresql, _office_sqlite, office, url

__all__ = ['_office_postgresql', '_office_sqlite', 'office', 'url']
