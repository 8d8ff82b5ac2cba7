"""The guide to models: one card each, one table of all, prices in words.

Used by the Models page only.
"""
