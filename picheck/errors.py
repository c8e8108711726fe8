"""Everything that stops picheck from auditing.

A finding is data; an error means that something could not be audited at all. The tree::

    PicheckError                 exit
    ├── UsageError                 2   the command or its settings cannot be followed
    │   ├── ConfigurationError     2   a settings file is wrong: file, key, remedy
    │   ├── SelectorError          2   a code, prefix or slug that no rule has
    │   ├── RulebookError          2   a rulebook is wrong: file, key, remedy
    │   └── PluginError            2   a plugin broke a promise: plugin, distribution, cause
    │       └── PluginConflict     2   two owners of one name, code or year
    └── InputError                 3   an input cannot be read or is not JSON
"""

from __future__ import annotations

from collections.abc import Callable


class PicheckError(Exception):
    """The root of every error that picheck raises on purpose."""


class UsageError(PicheckError):
    """The command, its options or its settings cannot be followed; nothing is audited."""


class ConfigurationError(UsageError):
    """A file that people write by hand is wrong. The message names file, key and remedy."""


class SelectorError(UsageError):
    """A selector names no known code, code prefix or slug."""


class RulebookError(UsageError):
    """A rulebook cannot be used. The message names file, key and remedy."""


class PluginError(UsageError):
    """A plugin broke a promise.

    Keeps the plugin's name, its distribution and the exception behind it (None where
    picheck itself found the fault), so that a user knows whom to ask.
    """

    def __init__(
        self,
        message: str,
        *,
        plugin: str,
        distribution: str,
        original: BaseException | None = None,
    ) -> None:
        super().__init__(message)
        self.plugin = plugin
        self.distribution = distribution
        self.original = original


class PluginConflict(PluginError):  # noqa: N818 - it is one, and says so
    """Two plugins own one plugin name, rule code, reporter name or rule year."""


class InputError(PicheckError):
    """An input cannot be read, is too large or too deep, or is not JSON.

    `uri` names the input as the user gave it; `line` and `column` are 1-based and None where
    the fault has no place.
    """

    def __init__(
        self, message: str, *, uri: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.uri = uri
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[object, ...]]:
        """Let the error travel between processes with everything it knows."""
        return _input_error, (str(self), self.uri, self.line, self.column)


def _input_error(message: str, uri: str, line: int | None, column: int | None) -> InputError:
    return InputError(message, uri=uri, line=line, column=column)


class MissingEvidence(Exception):  # noqa: N818 - not an error: the rule has nothing to decide on
    """A rule needs a fact that the evidence does not give; it is then indeterminate.

    `keys` are the evidence keys that would decide it.
    """

    def __init__(self, *keys: str) -> None:
        super().__init__(f"the evidence gives no {', '.join(keys)}")
        self.keys = keys


class HistoryError(PicheckError):
    """A history cannot be read or written; the audit itself is not concerned."""
