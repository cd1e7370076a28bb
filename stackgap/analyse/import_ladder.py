"""How much memory each import adds to those before it."""

from collections.abc import Sequence

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Estimate
from stackgap.analyse.select import Generation
from stackgap.analyse.summary import ImportSummary
from stackgap.records import ImportStep

_MIB = 2**20


def import_ladder(counted: Sequence[Generation]) -> tuple[ImportSummary, ...]:
    """The steps in their order; those of generations that were looked at."""
    ladders = [sorted(own.imports, key=lambda step: step.position) for own in counted]
    ladders = [ladder for ladder in ladders if ladder]
    if not ladders:
        return ()
    return tuple(_summary(ladders, position) for position in range(len(ladders[0])))


def _summary(ladders: Sequence[Sequence[ImportStep]], position: int) -> ImportSummary:
    anonymous = [ladder[position].anonymous_bytes for ladder in ladders]
    before = [ladder[position - 1].anonymous_bytes if position else 0 for ladder in ladders]
    return ImportSummary(
        step=ladders[0][position].step,
        anonymous_mib=_mean_mib(anonymous),
        added_anonymous_mib=_mean_mib(
            [now - earlier for now, earlier in zip(anonymous, before, strict=True)]
        ),
        file_mib=_mean_mib([ladder[position].file_bytes for ladder in ladders]),
    )


def _mean_mib(sizes_bytes: Sequence[int]) -> Estimate:
    return contrasts.mean([size / _MIB for size in sizes_bytes])
