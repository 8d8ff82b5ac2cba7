"""The list that every step of the schema is entered in, in the order of the modules."""

from sqlite_utils import Migrations

migrations = Migrations("dailies")
