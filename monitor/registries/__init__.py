"""One module a registry behind the `Registry` interface of `base`."""
