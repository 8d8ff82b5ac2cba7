"""Parts of the Studio about who asks: people, the tokens of their programs, the audit list.

Only the Studio and its assembly build them. They say who somebody is; `access` says what they may.
"""
