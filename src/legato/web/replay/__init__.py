"""What the session page replays: skeleton, force arrows and signals in one binary file, and the video's frames."""

from legato.web.replay.content import replay_bytes

__all__ = ["replay_bytes"]
