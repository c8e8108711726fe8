"""What a run accepts: waivers and a baseline."""
