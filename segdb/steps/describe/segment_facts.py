"""Segment facts: what naming is told of the segments beside their customers' features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segdb.config.personas import Playbook
from segdb.steps.describe.churn_risk import MeasuredReturn


@dataclass(frozen=True)
class SegmentFacts:
    """What is known of the segments beside their customers' features, in the order of the model.

    Attributes:
        names: the name that each keeps from the last run; None for a new one.
        stabilities: mean Jaccard similarity over resamples; None where it was not measured.
        returns: who came back in a period that the segments did not see; empty, or None of a
            segment, where nobody was counted.
        alive: mean probability of being alive; likewise without a model of that.
    """

    names: Sequence[str | None]
    stabilities: Sequence[float | None]
    returns: Sequence[MeasuredReturn | None] = ()
    alive: Sequence[float | None] = ()


@dataclass(frozen=True)
class DescribeOptions:
    """How segments are described.

    Attributes:
        playbook: names and actions, each with its claims.
        value: the features of the settings whose sum is what a customer brings.
    """

    playbook: Playbook
    value: tuple[str, ...] = ()
