"""党员花名册: everyone on the roster, from applicant to full member."""
