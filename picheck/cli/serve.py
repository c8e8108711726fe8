"""`picheck serve`: the page and the API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from picheck.cli.audit_options import CommandOptions, audit_options, parse_date, read_options
from picheck.cli.audit_parameters import (
    baseline_option,
    detail_options,
    gate_option,
    locked_option,
    log_options,
    terms_options,
)
from picheck.cli.history_options import audit_history_options, check_installed, user_name
from picheck.cli.options import load_inventory, plugin_options, say_failed
from picheck.cli.stdout import say_fault
from picheck.cli.timing_options import rule_timeout_option
from picheck.config.settings import Settings
from picheck.errors import UsageError
from picheck.logging import get_logger
from picheck.plugins.deaths import is_prepared
from picheck.plugins.host import Host
from picheck.plugins.lockfile import LOCK_FILE, check_lock
from picheck.plugins.registry import PluginRegistry
from picheck.service.config import ServiceConfig, is_loopback

if TYPE_CHECKING:
    from picheck.service.audit_history import ServiceHistory

EPILOG: Final = """\b
Exit codes:
  0  asked to stop; what was in work was finished
  2  usage, configuration, a plugin conflict, or the port is taken

\b
Examples:
  picheck serve --open
  picheck serve --host 0.0.0.0 --api-keys keys.toml --allowed-host picheck.example.org
  picheck serve --host 0.0.0.0 --behind-proxy 10.0.0.0/8 --user-header X-Forwarded-User \\
    --allowed-host picheck.example.org
"""
#: What the extra brings.
_EXTRA: Final = frozenset({"starlette", "uvicorn", "anyio", "h11", "idna"})


class ServeOptions(CommandOptions, frozen=True, kw_only=True):
    """What the command was given."""

    host: str = "127.0.0.1"
    port: int = 8765
    opens_browser: bool = False
    allowed_hosts: tuple[str, ...] = ()
    api_keys: Path | None = None
    behind_proxy: tuple[str, ...] = ()
    user_header: str | None = None
    frame_ancestors: tuple[str, ...] = ()


@click.command("serve", epilog=EPILOG, short_help="Serve the page and the API to a browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option("--open", "opens_browser", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A further name that requests may call the service by; may be repeated.",
)
@click.option(
    "--api-keys",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Let in only who has one of these keys: lines of NAME = "SHA-256 of the key", in TOML.',
)
@click.option(
    "--behind-proxy",
    multiple=True,
    metavar="CIDR",
    help="Let in only what comes from a proxy in this network; may be repeated.",
)
@click.option(
    "--user-header",
    metavar="NAME",
    help="The header in which the proxy names the user, such as X-Forwarded-User.",
)
@click.option(
    "--frame-ancestor",
    "frame_ancestors",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this origin, such as a portal, frame the service; may be repeated.",
)
@terms_options
@baseline_option
@gate_option
@detail_options
@click.option("--reveal", is_flag=True, help="Show TINs and NPIs in full.")
@audit_history_options
@rule_timeout_option
@plugin_options
@locked_option
@log_options("Log requests on standard error, not contents.")
def command(**given: Any) -> int:
    """Serve pages for people and an API for programs; audits are those of picheck audit.

    Only this machine can reach the service, unless keys or a proxy say who may. Nothing that is
    sent is logged or, without --history, kept, and nothing leaves the machine.
    """
    options, found = read_options(ServeOptions, given)
    config = _make_config(options)
    if "prior" in found.options:
        say_fault("prior in the settings is left out: earlier submissions come with a request")
    host, registry = load_inventory(options.plugins, options.required, autoload=options.autoload)
    if options.locked:
        check_lock(Path(LOCK_FILE), host)
    say_failed(registry)
    if is_prepared():  # it is known whose code ended the process where one call runs at a time
        limits = msgspec.structs.replace(config.limits, threads=1)
        config = msgspec.structs.replace(config, limits=limits)
    _serve(options, found, config, host, registry)
    return 0


def _make_config(options: ServeOptions) -> ServiceConfig:
    """Return how to listen and whom to let in. Raises UsageError where others could get in."""
    from picheck.service.access import (  # noqa: PLC0415 - help needs none
        check_access,
        read_frames,
        read_keys,
        read_networks,
    )

    return check_access(
        ServiceConfig(
            host=options.host,
            port=options.port,
            hosts=options.allowed_hosts,
            keys=read_keys(options.api_keys) if options.api_keys is not None else {},
            proxies=read_networks(options.behind_proxy),
            user_header=options.user_header or "",
            frames=read_frames(options.frame_ancestors),
        )
    )


def _open_history(
    options: ServeOptions, host: Host, registry: PluginRegistry
) -> ServiceHistory | None:
    """Open the history that audits are kept in, if one was named.

    Raises UsageError where there is none, HistoryError where the database does not answer.
    """
    if options.history is None:
        return None
    check_installed()
    from picheck.history.audit_history import History  # noqa: PLC0415 - few services have one
    from picheck.service.audit_history import ServiceHistory  # noqa: PLC0415

    if options.reveal:
        raise UsageError("a history keeps no TIN or NPI in the open; serve without --reveal")
    history = History(options.history, host, registry, keep=options.keep == "all")
    return ServiceHistory(history, user_name(options.by))


def _serve(
    options: ServeOptions,
    found: Settings,
    config: ServiceConfig,
    host: Host,
    registry: PluginRegistry,
) -> None:
    try:
        from picheck.service.app import create_app  # noqa: PLC0415 - no other command needs it
        from picheck.service.server import serve  # noqa: PLC0415
        from picheck.service.workbench import Workbench  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise UsageError(f"a service needs {error.name}; pip install 'picheck[serve]'") from error
    workbench = Workbench(
        audit_options(options, found),
        registry,
        today=lambda: parse_date(options.as_of),
        sources=options.sources,
        history=_open_history(options, host, registry),
    )
    log = get_logger(verbosity=options.verbose, form=options.log_format)
    serve(
        create_app(workbench, config, log),
        config,
        lambda address: _announce(address, config, opens_browser=options.opens_browser),
    )


def _announce(address: str, config: ServiceConfig, *, opens_browser: bool) -> None:
    """Say where the service is, on standard error: to begin again, nothing may be on the other."""
    say_fault(f"serving at {address} (Ctrl-C to stop)")
    if config.keys and not is_loopback(config.host):
        say_fault("keys and documents travel as they are; put a proxy that speaks TLS before it")
    if opens_browser:
        import webbrowser  # noqa: PLC0415 - few runs open one
        from threading import Thread  # noqa: PLC0415

        Thread(target=webbrowser.open, args=(address,), daemon=True).start()
