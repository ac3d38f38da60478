"""数据安全: backup, restore, check, recycle bin."""
