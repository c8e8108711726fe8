"""A file is QRDA III by its root element and by the template of its report."""

from __future__ import annotations

import pytest

from picheck.errors import InputError
from picheck_qrda.qrda_format import QrdaFormat
from qrda_support import ID

REPORT = f'<templateId root="{ID}.10.20.27.1.2"/>'


@pytest.mark.parametrize(
    ("head", "is_recognised"),
    [
        (b"<ClinicalDocument xmlns", True),
        ("<ClinicalDocument xmlns".encode("utf-16"), True),
        (b"<!-- <Other> --><ClinicalDocument>", True),
        (b'<?xml version="1.0"', True),
        (b"\xef\xbb\xbf<!-- a long comment", True),
        (b"<Another>", False),
        (b"<another>", False),
        ("<Another>".encode("utf-16"), False),
        (b'{"a": "b"}', False),
        (b"", False),
    ],
)
def test_a_file_is_recognised_by_its_head(head: bytes, *, is_recognised: bool) -> None:
    assert QrdaFormat().recognises(head) is is_recognised


@pytest.mark.parametrize("root", ["Another", "another", "clinicaldocument"])
def test_a_file_with_another_root_is_refused(root: str) -> None:
    with pytest.raises(InputError, match=f"its root element is {root}"):
        QrdaFormat().convert(f"<{root}>{REPORT}</{root}>".encode(), "upload.xml")
