"""What anyone may download or be told: status lists, key document, bundle, proofs, and whom to call."""
