"""党建活动室: the records of a school party branch, offline."""
