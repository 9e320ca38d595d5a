"""Pages for people: templates and local assets; decode, authorise, call one flow, encode."""
