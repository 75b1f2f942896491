"""One module a file format, each with `read_x(path) -> Recording` and `write_x(path, recording)`."""
