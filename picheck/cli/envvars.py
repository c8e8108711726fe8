"""Environment variables: every option answers to `PICHECK_<COMMAND>_<OPTION>`."""

from __future__ import annotations

import os

import click


def option_name(parameter: click.Parameter) -> str:
    """Return an option's name as it is spelt on the command line: `--fail-on` is `fail_on`."""
    longest = max(parameter.opts, key=len)
    return longest.lstrip("-").replace("-", "_")


def variable(prefix: str, parameter: click.Parameter) -> str:
    """Return the environment variable of an option."""
    return f"{prefix}_{option_name(parameter)}".upper()


def variable_in_use(prefix: str, parameter: click.Parameter) -> str:
    """Return the environment variable that gave an option its value.

    It is the option's own, or one that it shares with other commands.
    """
    own, shared = variable(prefix, parameter), parameter.envvar
    names = [own, *([shared] if isinstance(shared, str) else shared or ())]
    return next((name for name in names if os.environ.get(name)), own)


def name_variables(command: click.Command, prefix: str) -> click.Command:
    """Give every option of a command, and of those below it, its environment variable.

    Click would call them after the parameters of our functions, which no user can know. A
    variable that an option shares with other commands counts where its own is not set.
    """
    for parameter in command.params:
        if isinstance(parameter, click.Option) and isinstance(parameter.envvar, str | None):
            own, shared = variable(prefix, parameter), parameter.envvar
            parameter.envvar = own if shared in {None, own} else [own, str(shared)]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            name_variables(inner, f"{prefix}_{name}".upper().replace("-", "_"))
    return command
