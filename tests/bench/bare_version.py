"""The yardstick of a quiet poll: what any such program must do, which is load its libraries, open the database, ask."""

import sys

import click
import httpx
import sqlite_utils

url, path = sys.argv[1:]
database = sqlite_utils.Database(path)
database.execute("select count(*) from sqlite_master").fetchone()
click.echo(httpx.get(f"{url}/api/v2/version").json()["dataTimestamp"])
database.close()
