"""What people do about alerts on these pages."""
