"""The web page and its API: Flask, templates in Jinja, no script from anywhere else."""
