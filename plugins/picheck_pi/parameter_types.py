"""Names for the longer types of what rules read."""

from collections.abc import Mapping

from picheck.api import Answers, SetView

#: All sets of a document, or of an entity.
Sets = tuple[SetView, ...]
#: The answers of each set of a document.
SetAnswers = tuple[Answers, ...]
#: The sets of an entity's earlier years, by year.
Prior = Mapping[int, Sets]
#: The sets of a practice at its other levels, by entity type.
OtherLevels = Mapping[str, Sets]
