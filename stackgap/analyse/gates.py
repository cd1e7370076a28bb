"""What the gates threw away."""

import re
from collections import Counter
from collections.abc import Iterable

from stackgap.analyse.select import Generation
from stackgap.analyse.summary import Gates

# A number that stands for itself, not one inside a word ("p99") or a name ("-w2").
_NUMBER = re.compile(r"(?<![\w-])[-+]?\d+(\.\d+)?")


def gates(begun: Iterable[Generation]) -> Gates:
    """Counts over the generations that came to their end; one that was cut off is no fault."""
    ended = [generation for generation in begun if generation.ended]
    rounds = [ended_round for generation in ended for ended_round in generation.rounds]
    reasons = [reason for record in rounds for reason in record.voided]
    reasons += [reason for each in ended if each.ended for reason in each.ended.voided]
    return Gates(
        generations=len(ended),
        generations_void=sum(not generation.usable for generation in ended),
        rounds=len(rounds),
        rounds_void=sum(bool(record.voided) for record in rounds),
        slices=sum(len(each.slices) for each in ended),
        slices_retaken=sum(len(each.retaken) for each in ended),
        reasons=dict(Counter(_without_numbers(reason) for reason in reasons).most_common()),
    )


def _without_numbers(reason: str) -> str:
    return _NUMBER.sub("…", reason)
