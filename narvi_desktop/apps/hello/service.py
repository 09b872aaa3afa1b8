"""Says hello to every page that is open."""

from narvi_desktop import WebAppServices


class Hello:
    """Greets each name that its page sends."""

    def __init__(self, services: WebAppServices) -> None:
        services.add_message_listener(lambda name, session_id: services.send(f"Hello, {name}!"))
