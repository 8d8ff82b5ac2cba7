"""A generation on the screen: its card, its outputs, its failure, and what can be done with it.

Create, History and the generation's page come in.
"""
