"""Batches on the screen: the card on Create, and the page of one.

Imports what is drawn of clips and of the history; the page of a generation knows nothing of it.
"""
