"""Assessments (场次): plans, roll-calls, their records, and the forms of the two rules."""
