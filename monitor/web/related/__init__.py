"""Trials that have to do with another: those that share an identifier with it, those that are like it in words."""
