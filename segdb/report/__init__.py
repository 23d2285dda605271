"""The report: one HTML file from the published tables, its charts as pictures, and an export."""
