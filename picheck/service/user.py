"""Who sent the request that is being answered."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

#: The name of the user; empty where no one has to say it.
USER: Final[ContextVar[str]] = ContextVar("user", default="")
