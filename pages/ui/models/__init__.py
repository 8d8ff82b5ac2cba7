"""The guide to models: one card each, one table of all, prices in words.

Only the Models page comes in.
"""
