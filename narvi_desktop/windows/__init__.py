"""Windows: a host process that shows them, its parent's side, and whether they can be shown at all."""
