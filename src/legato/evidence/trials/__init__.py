"""Trials of one athlete, or of several pooled: what is fixed before, the order, the exact test, the verdict."""
