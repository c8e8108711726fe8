"""The first tables, with the triggers that keep records from being changed, and the views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE_TRIGGERS = (
    """CREATE TRIGGER record_no_update BEFORE UPDATE ON record
       BEGIN SELECT RAISE(ABORT, 'records of a history are never changed'); END""",
    """CREATE TRIGGER record_no_delete BEFORE DELETE ON record
       BEGIN SELECT RAISE(ABORT, 'records of a history are never removed'); END""",
    """CREATE TRIGGER blob_no_delete BEFORE DELETE ON blob
       BEGIN SELECT RAISE(ABORT, 'the list of kept files is never shortened'); END""",
    # bytes may go at the end of their retention, and come back; they never change
    """CREATE TRIGGER blob_no_change BEFORE UPDATE ON blob
       WHEN NEW.sha256 <> OLD.sha256 OR NEW.media <> OLD.media OR NEW.size <> OLD.size
         OR (NEW.data IS NOT NULL AND OLD.data IS NOT NULL)
       BEGIN SELECT RAISE(ABORT, 'kept files of a history are never changed'); END""",
)
_POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'records of a history are never changed or removed'; END $$""",
    """CREATE TRIGGER record_no_change BEFORE UPDATE OR DELETE ON record
       FOR EACH ROW EXECUTE FUNCTION history_is_append_only()""",
    """CREATE TRIGGER record_no_truncate BEFORE TRUNCATE ON record
       FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()""",
    """CREATE TRIGGER blob_no_delete BEFORE DELETE ON blob
       FOR EACH ROW EXECUTE FUNCTION history_is_append_only()""",
    """CREATE TRIGGER blob_no_truncate BEFORE TRUNCATE ON blob
       FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()""",
    """CREATE TRIGGER blob_no_change BEFORE UPDATE ON blob
       FOR EACH ROW WHEN (NEW.sha256 <> OLD.sha256 OR NEW.media <> OLD.media
         OR NEW.size <> OLD.size OR (NEW.data IS NOT NULL AND OLD.data IS NOT NULL))
       EXECUTE FUNCTION history_is_append_only()""",
)
_VIEWS = (
    """CREATE VIEW audits AS
       SELECT r.seq, r.at, r."by", r.entity, r.program, r.year, v.document, v.verdict, v.score
       FROM record r JOIN verdict v ON v.seq = r.seq WHERE r.kind = 'audit'""",
    """CREATE VIEW latest AS
       SELECT a.* FROM audits a WHERE a.seq = (SELECT MAX(b.seq) FROM audits b
         WHERE b.entity = a.entity AND b.program = a.program AND b.year = a.year)""",
    """CREATE VIEW trend AS
       SELECT a.seq, a.at, a.entity, a.program, a.year, a.verdict, a.score,
         (SELECT COUNT(*) FROM finding f WHERE f.seq = a.seq AND f.outcome = 'fail') AS findings
       FROM audits a""",
    """CREATE VIEW open_findings AS
       SELECT l.entity, l.program, l.year, f.code, f.severity, f.consequence, f.fingerprint, l.seq
       FROM latest l JOIN finding f ON f.seq = l.seq WHERE f.outcome = 'fail'""",
)


def upgrade() -> None:
    """Make the tables, the triggers and the views."""
    from picheck.history.tables import METADATA  # noqa: PLC0415 - the first version is today's

    connection = op.get_bind()
    METADATA.create_all(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in (*(_SQLITE_TRIGGERS if is_sqlite else _POSTGRESQL_TRIGGERS), *_VIEWS):
        connection.execute(sa.text(statement))
