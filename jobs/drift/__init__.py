"""The job kind `drift`."""
