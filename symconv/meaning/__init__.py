"""What a formula in boxes means for a layer: its readings, and what each reading claims."""
