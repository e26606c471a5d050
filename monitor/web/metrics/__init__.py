"""Numbers for Prometheus and those that read the same: read from the database at each scrape, kept nowhere."""
