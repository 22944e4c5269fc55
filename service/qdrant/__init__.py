"""Qdrant beside the service: how collections are written and searched, by a server's client or by the engine."""
