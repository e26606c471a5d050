"""The demo: an embedded registry and a Slack stand-in, over which scripted working days are played.

Everything here is shipped code, talks over loopback HTTP only, and needs neither network nor account. The
scripted days and the invented records are the project's own; they say so wherever they are shown.
"""
