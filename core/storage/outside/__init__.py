"""Links for people outside, and the outbox of what is to be told to programs and people.

The parts of the Studio, the notifications and the recovery come in. Nothing is sent from here.
"""
