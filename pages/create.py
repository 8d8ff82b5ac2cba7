import streamlit as st

st.title("Create")
