"""Public pledges (公开承诺): a year's round from 提诺 to 评诺, with deeds, votes and their papers."""
