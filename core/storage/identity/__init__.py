"""Who has signed in, the tokens of their programs, and the audit list.

The parts of the Studio and the recovery come in. No secret is kept, only its hash.
"""
