"""zhengka (证卡): issues and verifies assessor and quality-supervisor cards."""
