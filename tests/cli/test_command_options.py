"""What a command was given is one record, whose fields are the command's parameters."""

from __future__ import annotations

import click
import msgspec
import pytest

from picheck.cli.audit_options import CommandOptions
from picheck.cli.main import cli
from picheck.cli.score import ScoreCommandOptions


@pytest.mark.parametrize(
    ("name", "shape"), [("audit", CommandOptions), ("score", ScoreCommandOptions)]
)
def test_every_parameter_has_its_field_and_the_same_default(
    name: str, shape: type[CommandOptions]
) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    fields = {field.name: field.default for field in msgspec.structs.fields(shape)}
    given = command.make_context(name, ["one.json"]).params
    assert len(given) > 15
    assert given.keys() <= fields.keys()
    assert given == {parameter: fields[parameter] for parameter in given} | {"paths": ("one.json",)}
