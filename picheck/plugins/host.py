"""The plugin host: finds plugins, guards what they do, and holds them to their word.

It fails closed. A plugin that cannot be imported or breaks the interface is reported as failed,
which makes every audit incomplete; two owners of one name, code or year stop the run.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import pluggy

from picheck.errors import PluginConflict, UsageError
from picheck.model.report import PluginUse
from picheck.plugins import hookspecs
from picheck.plugins.deaths import note_calls
from picheck.plugins.entry_points import Entry, list_entry_points
from picheck.plugins.markers import PROJECT
from picheck.plugins.one_file import PluginFile, is_file
from picheck.plugins.validation import (
    check_handed,
    check_version,
    describe_error,
    unknown_hooks,
    unmarked_hooks,
)

#: picheck's own reporters; without them nothing could be reported at all.
OWN_REPORTERS: Final = "reporters"
OWN_DISTRIBUTION: Final = "picheck"
_HOOK: Final = f"{PROJECT}_"


class Origin(NamedTuple):
    """Where a plugin comes from: its name, and the distribution that brought it.

    A plugin that is one file has its path for a distribution, and its digest for a version.
    """

    name: str
    distribution: str
    version: str | None


class _Manager(pluggy.PluginManager):
    """Looks for hooks under the names of hooks; marks elsewhere are `check_pending`'s to find."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> pluggy.HookimplOpts | None:
        """Return how a hook is marked; None for what is none."""
        return super().parse_hookimpl_opts(plugin, name) if name.startswith(_HOOK) else None


class Host:
    """The plugins of one run.

    `blocked` are names not to load; `allowed`, where not None, are the only ones to load, by
    name or by distribution.
    """

    def __init__(
        self, *, blocked: Iterable[str] = (), allowed: Iterable[str] | None = None
    ) -> None:
        self._manager = _Manager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        # taken now: pluggy adds a name here for every function that is marked, misspelt or not
        self._hooks = frozenset(vars(self._manager.hook))
        self._blocked = frozenset(blocked)
        self._allowed = None if allowed is None else frozenset(allowed)
        self._origins: dict[str, Origin] = {}
        self._uses: dict[str, PluginUse] = {}
        self._modules: dict[str, Any] = {}

    @property
    def plugins(self) -> tuple[PluginUse, ...]:
        """Every plugin that was met, loaded or not, by name."""
        return tuple(use for _, use in sorted(self._uses.items()))

    @property
    def failed(self) -> tuple[PluginUse, ...]:
        """The plugins that did not load; an audit without them is incomplete."""
        return tuple(use for use in self.plugins if use.status == "failed")

    def origin(self, name: str) -> Origin:
        """Return where a loaded plugin comes from."""
        return self._origins[name]

    @property
    def unmet(self) -> tuple[str, ...]:
        """The blocked and allowed names that no plugin has; misspelt, most likely."""
        met = {name for origin in self._origins.values() for name in origin[:2]}
        return tuple(sorted((self._blocked | (self._allowed or frozenset())) - met))

    def hooks_of(self, name: str) -> tuple[str, ...]:
        """Return the names of the hooks that a loaded plugin implements."""
        callers = self._manager.get_hookcallers(self._modules[name]) or []
        return tuple(sorted(caller.name for caller in callers))

    def discover(self) -> None:
        """Load every installed plugin of the entry-point group.

        Each is imported by itself: one that fails takes no other down. Raises PluginConflict
        where two distributions use one plugin name.
        """
        found: dict[str, Entry] = {}
        for entry in list_entry_points():
            first = found.setdefault(entry.name, entry)
            if first.value != entry.value:
                # or one of the two would vanish from an audit that looks complete
                self._refuse_second_owner(_origin(first), _origin(entry))
            found[entry.name] = entry
        for entry in found.values():
            self._load(_origin(entry), entry.load)

    def load(self, name: str) -> str:
        """Load one plugin by the name of its entry point, by its module's name, or by its file.

        Return the plugin's name, also where it failed.
        Raises UsageError where none of them exists, PluginConflict where two distributions bring
        it.
        """
        if is_file(name):
            file = PluginFile(name)
            self._load(Origin(file.name, file.place, file.version), file.load)
            return file.name
        entries = [entry for entry in list_entry_points() if entry.name == name]
        for entry in entries:
            self._load(_origin(entry), entry.load)
        if entries:
            return name
        top = name.partition(".")[0]
        if not top.isidentifier() or importlib.util.find_spec(top) is None:
            raise UsageError(f"no plugin or module is called {name!r}; see picheck plugins list")
        origin = Origin(name, name.partition(".")[0], None)
        self._load(origin, lambda: importlib.import_module(name))
        return name

    def register(self, plugin: Any, name: str, distribution: str | None = None) -> None:
        """Register a plugin object directly, as the tests of a plugin do."""
        self._load(Origin(name, distribution or name, None), lambda: plugin)

    def module_of(self, name: str) -> Any:
        """Return the module (or object) of a loaded plugin."""
        return self._modules[name]

    def name_of(self, plugin: Any) -> str | None:
        """Return the name under which a module is loaded; None where it is not."""
        return self._manager.get_name(plugin)

    @property
    def loaded(self) -> tuple[Origin, ...]:
        """Where each loaded plugin comes from, in loading order."""
        return tuple(self._origins[name] for name in self._modules)

    def check_pending(self) -> None:
        """Turn every plugin that implements a hook picheck does not have into a failed one."""
        for name, module in list(self._modules.items()):
            if unmarked := unmarked_hooks(module, self._hooks):
                self._fail(name, f"{', '.join(unmarked)} lacks the mark @hookimpl")
            elif unknown := unknown_hooks(module, self._hooks):
                names, known = ", ".join(unknown), ", ".join(sorted(self._hooks))
                self._fail(name, f"implements {names}, which is no hook; hooks: {known}")

    def collect(self, hook: str, expected: type) -> list[tuple[Origin, Any]]:
        """Call a registering hook on each plugin by itself and return (origin, item) pairs.

        A plugin that raises, or hands over something else than a sequence of `expected`, is
        turned into a failed one and gives nothing.
        """
        pairs: list[tuple[Origin, Any]] = []
        for impl in getattr(self._manager.hook, hook).get_hookimpls():
            origin = self._origins[impl.plugin_name]
            try:
                items = check_handed(_note_calls(origin, impl.function)(), expected)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - even sys.exit() is the plugin's fault
                self._fail(origin.name, f"{hook} failed: {describe_error(error)}")
            else:
                pairs += [(origin, item) for item in items]
        return pairs

    def notify(self, hook: str, **arguments: Any) -> list[str]:
        """Call a telling hook on each plugin by itself; return one line for each that failed."""
        faults = []
        for impl in getattr(self._manager.hook, hook).get_hookimpls():
            try:
                run = _note_calls(self._origins[impl.plugin_name], impl.function)
                run(*(arguments[name] for name in impl.argnames))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001
                faults.append(f"{impl.plugin_name}: {hook} failed: {describe_error(error)}")
        return faults

    def fail(self, origin: Origin, reason: str) -> None:
        """Turn a plugin into a failed one: what it handed over cannot be used."""
        self._fail(origin.name, reason)

    def _load(self, origin: Origin, load: Any) -> None:
        if origin.name in self._modules:
            # found by its entry point, and named with -p besides
            if self._origins[origin.name] == origin:
                return
            self._refuse_second_owner(self._origins[origin.name], origin)
        self._origins[origin.name] = origin
        if reason := self._reason_not_to_load(origin):
            self._record(origin, "blocked", reason)
            return
        module = None
        try:
            module = _note_calls(origin, load)()
            check_version(module)
            self._manager.register(module, origin.name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - an import may even call sys.exit()
            if module is not None and self._manager.get_plugin(origin.name) is module:
                self._manager.unregister(module)  # else the hooks before the bad one stay
            self._record(origin, "failed", describe_error(error))
        else:
            self._modules[origin.name] = module
            self._record(origin, "loaded", None)

    def _reason_not_to_load(self, origin: Origin) -> str | None:
        if origin.name in self._blocked:
            return f"blocked with -p no:{origin.name}"
        named = {origin.name, origin.distribution}
        if self._allowed is None or origin.name == OWN_REPORTERS:
            return None
        if self._allowed.isdisjoint(named):
            return "not on the allow-list PICHECK_PLUGINS"
        return None

    def _record(self, origin: Origin, status: str, reason: str | None) -> None:
        self._uses[origin.name] = PluginUse(
            name=origin.name,
            status=status,
            distribution=origin.distribution,
            version=origin.version,
            reason=reason,
        )

    def _fail(self, name: str, reason: str) -> None:
        module = self._modules.pop(name, None)
        if module is not None:
            self._manager.unregister(module)
        self._record(self._origins[name], "failed", reason)

    def _refuse_second_owner(self, first: Origin, second: Origin) -> None:
        raise PluginConflict(
            f"plugin name {first.name} is claimed by {first.distribution} and"
            f" {second.distribution}; uninstall one of them",
            plugin=second.name,
            distribution=second.distribution,
        )


def _note_calls(origin: Origin, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return code of a plugin so that it is named where it ends the process; not our own."""
    if origin.distribution == OWN_DISTRIBUTION:
        return function
    return note_calls(f"plugin {origin.name} ({origin.distribution})", function)


def _origin(entry: Entry) -> Origin:
    return Origin(entry.name, entry.distribution, entry.version)
