"""Windows: the host process that shows them, the runtime's side of it, and what is used where there is no toolkit."""
