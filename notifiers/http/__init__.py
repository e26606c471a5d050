"""HTTP for channels: a request within a deadline, no redirect, and always known whether it began to go out."""
