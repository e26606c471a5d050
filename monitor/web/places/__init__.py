"""The pages of sites: where a trial, or a watch's trials, take place."""
