"""The registry's own record history: brought into the store, and the steps between two polls."""
