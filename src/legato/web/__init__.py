"""The app: pages and an API over the same pipeline, for one machine."""
