"""The pages of trials: which are held, and one of them with its history."""
