"""The history for programs that speak the Model Context Protocol: five read-only tools over one database.

`server` alone imports the package `mcp`, an extra; `tools` are functions from questions to the pages' own JSON.
"""
