"""The nouns around a generation: who asks, what they say of it, and what they order and limit.

Every room comes in. Nothing here reads, writes or calls: these are values and their own rules.
"""
