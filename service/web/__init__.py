"""What every door of the service shares: who asks, what each answer carries, what is logged."""
