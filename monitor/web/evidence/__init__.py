"""What a reader needs to believe a version, and to show it to others: hashes, times, the ledger, bundles."""
