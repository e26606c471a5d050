"""What to watch: asks the registries what changed, decides who is told, and lets people look things up.

The only package that knows the configuration, the clock, the network and the process.
"""
