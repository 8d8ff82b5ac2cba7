"""Everything in Dailies that is not a page. Never imports streamlit."""

VERSION = "0.1.0"
