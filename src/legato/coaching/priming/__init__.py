"""Priming: what is done right before a test so that it goes better, and when; whether it did, a trial answers."""
