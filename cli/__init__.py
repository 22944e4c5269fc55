"""The command line `vitrine`, and the demo it makes."""
