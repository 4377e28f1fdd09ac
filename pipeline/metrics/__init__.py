"""Metrics of people and papers."""
