"""Sample people, photos and the guided run of the main job."""
