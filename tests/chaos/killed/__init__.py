"""Servers that end at any moment, one or several on a folder: nothing lost, nothing paid twice."""
