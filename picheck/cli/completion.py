"""`picheck completion`: the completion script of a shell."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

SHELLS: Final = ("bash", "zsh", "fish")


@click.command(
    "completion",
    epilog="""\b
Exit codes:
  0  printed
  2  usage: an unknown shell

\b
Examples:
  picheck completion bash > ~/.local/share/bash-completion/completions/picheck
  eval "$(picheck completion zsh)"
  picheck completion fish > ~/.config/fish/completions/picheck.fish
""",
    short_help="Print the completion script of a shell.",
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that teaches a shell to complete picheck's commands and options.

    The script asks picheck itself, so it stays right when plugins bring commands. bash must be
    4.4 or newer.
    """
    found = get_completion_class(shell)
    assert found is not None, "click completes each of these shells"  # noqa: S101
    root = ctx.find_root()
    click.echo(found(root.command, {}, "picheck", "_PICHECK_COMPLETE").source())
