"""What whoever runs this is told: that the watching itself is not well, that it is again, and that it lives."""
