"""Links to clips, as people outside open them: pages of their own, without Streamlit."""
