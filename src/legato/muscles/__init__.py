"""Muscles: which channels can be trusted, when each muscle fires, and by how much one follows another."""
