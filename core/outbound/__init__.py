"""How calls leave this server, whoever they go to: proxies, the fence, limits, downloads.

Used by each provider and by the notifications. It knows no provider, and nothing of the history.
"""
