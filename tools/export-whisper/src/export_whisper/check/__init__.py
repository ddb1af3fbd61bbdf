"""Compares exported graphs with the checkpoint they were made from."""
