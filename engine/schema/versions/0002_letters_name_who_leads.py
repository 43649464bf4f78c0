"""信里同名的事项写明牵头单位."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = '0002', '0001'


def upgrade() -> None:
    """Letters that wait keep who leads their matter; those written before say it no more than they did."""
    op.add_column('outbox', sa.Column('lead_unit', sa.String(40)))
