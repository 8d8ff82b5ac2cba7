"""What other programs talk to: HTTP beside the pages, with tokens in place of a sign-in.

It comes in from outside like a page: it reads what is sent, asks the Studio, and writes what that
says. Whoever uses it gets what a person in the browser gets: caps, the queue, the history.
"""
