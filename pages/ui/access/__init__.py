"""Who sits there: the sign-in, the gate before every page, and what a role is offered.

Every page and part comes in. It only hides or explains; the gate in `core.access` refuses.
"""
