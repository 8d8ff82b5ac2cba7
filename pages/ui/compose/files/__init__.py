"""The files that a request starts from: dropped, chosen, shown, and put into the draft.

The form comes in, and those who offer a file to start from. Nothing here knows the prompt or the
price.
"""
