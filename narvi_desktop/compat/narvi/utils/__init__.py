"""Helpers that programs and services use."""
