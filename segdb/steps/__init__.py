"""The steps of a run, in the order of the flow: each drives its stages through the store."""
