"""What is stored, as files for others to read: CSV, JSON lines, partitioned Parquet.

`tables` says which rows there are and what stands in their columns, one module a format how they are written, `places`
how a file gets its name only when it is whole. The order and the bytes follow from what is stored and nothing else.
"""
