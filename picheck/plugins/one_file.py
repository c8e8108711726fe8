"""A plugin that is one Python file: its rules are registered without a package and without hooks.

The file holds rules, made with `@rule`, and a list `CLAUSES` with what `clauses.toml` of a
package would hold: one table for a code and its years.
"""

from __future__ import annotations

import hashlib
import re
import sys
import traceback
from collections.abc import Collection, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from picheck.errors import UsageError
from picheck.file_access import read_file
from picheck.plugins.markers import hookimpl
from picheck.plugins.validation import describe_error
from picheck.rulebook.plugin_clauses import AddedClause, clauses_of
from picheck.rules.rule import Rule
from picheck.validation import closest_match

SUFFIX: Final = ".py"
_DIGEST: Final = "sha256:"
#: The names of modules that are one file begin with it.
_MODULE: Final = "picheck_file_"
#: The names of hooks begin with one of these; a name that is misspelt after it is reported later.
_HOOKS: Final = ("picheck_register_", "picheck_audit_")
_RULES_HOOK: Final = "picheck_register_rules"
_CLAUSES_HOOK: Final = "picheck_register_clauses"
_RULEBOOKS_HOOK: Final = "picheck_register_rulebooks"


class PluginFile:
    """A plugin's file, read once: what is hashed is what is run.

    `name` is the plugin's, made of the file's: `my-rules` for `my_rules.py`. `place` is the path
    as it is reported. Raises UsageError where the file cannot be read or gives no name.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self.place = self._path.as_posix()
        self.name = re.sub(r"[^a-z0-9]+", "-", self._path.stem.lower()).strip("-")
        if not self.name:
            raise UsageError(f"{self.place} gives the plugin no name; use letters or digits")
        try:
            self._data = read_file(self._path)
        except FileNotFoundError as error:
            raise UsageError(f"the plugin {self.place} does not exist") from error
        except OSError as error:
            raise UsageError(f"the plugin {self.place} cannot be read: {error.strerror}") from error
        # Python opens what is called like a file again, to quote a line; a pipe would be waited for
        self._source = str(self._path) if self._path.is_file() else f"<{path}>"
        self.sha256 = hashlib.sha256(self._data).hexdigest()

    @property
    def version(self) -> str:
        """What serves as a version: the digest of the file."""
        return f"{_DIGEST}{self.sha256}"

    def load(self) -> ModuleType:
        """Run the file and return it as a plugin module, with the hooks that it lacks.

        Raises ImportError, naming the line, where the file breaks; UsageError or RulebookError
        where its rules and its `CLAUSES` do not fit together.
        """
        # with the digest: a file that changed is another module
        module = ModuleType(f"{_MODULE}{self.name.replace('-', '_')}_{self.sha256[:12]}")
        module.__file__ = str(self._path)
        sys.modules[module.__name__] = module  # records find their annotations through it
        try:
            # dont_inherit, or the `from __future__` of this module would hold in the file too
            exec(compile(self._data, self._source, "exec", dont_inherit=True), vars(module))  # noqa: S102 - the user named the file
            self._complete(module)
        except (KeyboardInterrupt, UsageError):
            sys.modules.pop(module.__name__, None)
            raise
        except BaseException as error:
            sys.modules.pop(module.__name__, None)
            raise ImportError(f"{self._line(error)}{describe_error(error)}") from error
        return module

    def _complete(self, module: ModuleType) -> None:
        """Give the module the hooks that hand over its rules and clauses."""
        rules = tuple(
            value
            for value in vars(module).values()
            # a rule that the file only imports is another plugin's
            if isinstance(value, Rule) and value.check.__module__ == module.__name__
        )
        if not hasattr(module, _RULES_HOOK):
            _add_hook(module, _RULES_HOOK, rules)
            if not rules and not _has_hooks(module):
                raise UsageError(f"{self.place} holds no rule; make one with @rule")
        if not hasattr(module, _CLAUSES_HOOK):
            clauses = clauses_of(getattr(module, "CLAUSES", ()), f"{self.place}: CLAUSES")
            if not hasattr(module, _RULEBOOKS_HOOK):
                self._check_codes({rule.code for rule in rules}, clauses)
            _add_hook(module, _CLAUSES_HOOK, clauses)

    def _check_codes(self, codes: Collection[str], clauses: Sequence[AddedClause]) -> None:
        """Raise UsageError unless each rule has a clause, and each clause a rule."""
        named = {added.clause.code for added in clauses}
        for code in sorted(named - set(codes)):
            near = closest_match(code, codes)
            hint = f"did you mean {near}?" if near else "remove the clause"
            raise UsageError(f"{self.place}: CLAUSES names {code}, which is no rule here; {hint}")
        for code in sorted(set(codes) - named):
            raise UsageError(
                f"{self.place}: {code} has no clause, so it never runs; add it to CLAUSES"
            )

    def _line(self, error: BaseException) -> str:
        """Return `line 7: ` where the error arose in the file; nothing where it names its line."""
        if isinstance(error, SyntaxError):
            return ""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == self._source]
        return f"line {lines[-1]}: " if lines else ""


def is_file(name: str) -> bool:
    """Whether a plugin is named by its file."""
    return name.endswith(SUFFIX)


def is_one_file(module: ModuleType) -> bool:
    """Whether a loaded plugin is one file."""
    return module.__name__.startswith(_MODULE)


def digest_in(version: str | None) -> str | None:
    """Return the digest of a plugin that is one file, by its version; None for any other."""
    is_digest = version is not None and version.startswith(_DIGEST)
    return version.removeprefix(_DIGEST) if version is not None and is_digest else None


def _add_hook(module: ModuleType, name: str, items: Sequence[Any]) -> None:
    def hand_over() -> Sequence[Any]:
        return items

    setattr(module, name, hookimpl(hand_over))


def _has_hooks(module: ModuleType) -> bool:
    """Whether the file writes a hook of its own, such as one for a reporter."""
    return any(name.startswith(_HOOKS) for name in vars(module) if name != _RULES_HOOK)
