"""Working days, quiet hours and service hours: pure rules of time, no storage, no clock."""
