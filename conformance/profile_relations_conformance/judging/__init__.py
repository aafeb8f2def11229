"""Which answers are right: comparisons, outcomes and the verdict. Plain data, nothing is sent."""
