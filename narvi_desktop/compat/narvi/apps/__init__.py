"""Apps that come with the server."""
