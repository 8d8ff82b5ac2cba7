"""Everything about the provider: its wire format, its answers, its limits, the account.

Used by the worker, the media library and accounting. Outside this room only the emulator knows
Runway's URLs, headers and status words; nothing here knows the history.
"""
