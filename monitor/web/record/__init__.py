"""The page of a record: as of a version or a day, laid out in the registry's sections."""
