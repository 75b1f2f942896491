"""The pages, a module each: what the routes are, what is asked of the catalogue, which template shows it."""
