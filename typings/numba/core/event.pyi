from typing import Any

class Event:
    kind: str
    data: Any
    is_start: bool
    is_end: bool

class Listener:
    def on_start(self, event: Event) -> None: ...
    def on_end(self, event: Event) -> None: ...

def register(kind: str, listener: Listener) -> None: ...
def unregister(kind: str, listener: Listener) -> None: ...
