"""The embedded aiohttp server: sites, sessions and the running instances of services."""
