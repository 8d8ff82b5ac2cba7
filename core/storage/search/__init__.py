"""What a filter lets through: the language of the search field, its words, and what they find.

The history comes in, and pages that read or write a search. Nothing is written, except that what
was kept of a search follows a project to its new name.
"""
