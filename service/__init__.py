"""Similarity as a service: what is like a picture, by HTTP, in the dashboard's process or alone."""
