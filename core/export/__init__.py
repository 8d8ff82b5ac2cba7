"""Hands over: lists, edit lists, and archives whose bytes are known before they are sent.

The studio and the pages' routes come in here; it reads what `media` keeps and writes only into the
folder `exports`. Never opens what came from outside, and never holds a file in memory.
"""
