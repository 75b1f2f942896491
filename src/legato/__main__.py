"""`python -m legato` is the `legato` command."""

from legato.cli import main

main()
