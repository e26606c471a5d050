"""States that time makes: no record changed, yet results fell due, a date passed, a status went stale.

`rules` is pure: a record and a day in, the states out. `standing` keeps the states that stand for each trial's newest
snapshot and the day on which one of them turns next. The rules are those of ClinicalTrials.gov's records and of 42 CFR
part 11. The EU's (a summary of results within a year of the end of a trial) is not here: no field table reads CTIS.
"""
