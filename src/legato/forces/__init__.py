"""Forces: what each plate carried and where, jumps, rate of force development, and how both legs shared the load."""
