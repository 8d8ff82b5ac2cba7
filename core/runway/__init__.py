"""All that is known of one provider: its wire format, its answers, its limits, the account.

The worker, the media library and the accounting come in. Nothing outside this room and the
emulator knows Runway's addresses, headers or status words; nothing here knows the history.
"""
