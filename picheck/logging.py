"""Logs on standard error, through structlog, with identifiers masked.

Nothing is logged for a document: a run logs its beginning, its faults and its end.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

from picheck.masking import mask_digits


def mask_identifiers(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide all but the last four digits of anything that looks like a TIN or an NPI."""
    for key, value in event.items():
        event[key] = _mask(value)
    return event


def _mask(value: Any) -> Any:
    """Mask a value with everything in it; what holds no identifier stays as it is."""
    if isinstance(value, Mapping):
        return {_mask(key): _mask(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(item) for item in value]
    text = str(value)
    masked = mask_digits(text)
    return value if masked == text else masked


def get_logger(*, verbosity: int, form: str) -> Any:
    """Return a logger that writes to standard error.

    `verbosity` is -1 for errors only, 0 for warnings, 1 for the run's milestones, 2 for all;
    `form` is `console` or `json`.
    """
    import structlog  # noqa: PLC0415 - only a cold start pays, and only if something is logged

    level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[structlog.stdlib.add_log_level, mask_identifiers, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
