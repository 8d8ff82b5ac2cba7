"""Decides who may do what, before anything is done.

Who comes in: the Studio, and what serves it. Deny by default: what `permissions` does not name is
refused. Nothing here draws, stores or knows how somebody signed in.
"""
