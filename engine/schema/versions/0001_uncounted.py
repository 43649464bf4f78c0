"""What stood before versions were counted."""
revision, down_revision = '0001', None


def upgrade() -> None:
    """Nothing: such a database is there already."""
