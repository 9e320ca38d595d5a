"""Steps from one version of the tables to the next, and what runs them."""
