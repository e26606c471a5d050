"""The history browser: pages over what is stored, read-only.

`app` puts the pages together, `server` serves them. Importing this package loads neither starlette nor
uvicorn.
"""
