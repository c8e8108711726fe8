"""QRDA III files, read as the submissions that CMS's converter makes of them."""

from __future__ import annotations

from typing import Final

from picheck.api import Format, hookimpl
from picheck_qrda.qrda_format import QrdaFormat

picheck_api: Final = "2"


@hookimpl
def picheck_register_formats() -> tuple[Format, ...]:
    """Return the format of QRDA III."""
    qrda: Format = QrdaFormat()
    return (qrda,)
