"""Trials of one from request to verdict: what the commands `trial` and the app's pages do alike."""
