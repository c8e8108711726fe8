"""The marks that tie a plugin's functions to picheck's hooks."""

from __future__ import annotations

from typing import Final

import pluggy

PROJECT: Final = "picheck"

#: The versions of the plugin interface on offer; a plugin may ask for one (`picheck_api = "2"`).
API_VERSIONS: Final = ("2",)

hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)
