"""A local stand-in for KIE, which resells Runway's models over a wire of its own.

It is reached only by HTTP on 127.0.0.1; README.md says how sure each part of it is.
"""
