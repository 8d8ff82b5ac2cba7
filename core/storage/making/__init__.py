"""What is kept while clips are made: drafts, batches, turns, families, files at a provider.

The parts of the Studio and the worker come in. Rows of generations are not written here, except a
batch's, together with it; `core.storage.store` writes the others.
"""
