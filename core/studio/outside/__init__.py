"""Parts of the Studio for people and programs outside: links, their guests, webhooks, channels.

Only the Studio and its assembly build them. They show or tell what is there, and order nothing.
"""
