"""The form: model, prompt, settings and inputs, and what is being composed while pages change.

The Create page comes in, and those who offer files or requests to start from.
"""
