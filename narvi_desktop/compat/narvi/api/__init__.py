"""The embedding API."""
