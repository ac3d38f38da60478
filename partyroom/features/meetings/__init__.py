"""会议记录: meetings, attendance, votes, resolutions and minutes."""
