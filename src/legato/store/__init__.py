"""The catalogue: athletes, sessions, results and plans in a database; recordings and what is made of them as files."""

from legato.store.catalogue import TURNS, Catalogue, keep_file, note, open_catalogue

__all__ = ["TURNS", "Catalogue", "keep_file", "note", "open_catalogue"]
