"""Feeds of what changed: of everything, of a watch, of a trial, as Atom and as JSON Feed, written from the store.

`asked` reads what an address asks for, `entries` puts an event into words, `atom` and `json_feed` write. An entry keeps
its id and its place for ever: the id is made of the event's and of the database's own, the place is the order of
storing, the time is that at which we learnt of it. An event that a newer engine reads better keeps all three: better
words are no news.
"""
