"""Audit of a training log that another program or a person wrote: its import, and what it holds and lacks."""
