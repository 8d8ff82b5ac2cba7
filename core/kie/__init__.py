"""Everything that is known of KIE, which resells Runway's models over a wire of its own.

What its answers say, what its codes and sentences mean, where its calls go. Nothing here knows the
history. README.md says how sure each fact is.
"""
