"""Parts of the Studio that make clips: composing, lists and batches, the queue, and caps on all.

Only the Studio and its assembly build them. They judge and record; the worker alone sends.
"""
