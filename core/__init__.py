"""Everything of Dailies that is not a page. Never imports streamlit."""
