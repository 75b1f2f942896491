"""Parts of the command line: options that several commands share, output, and the commands that work on results."""
